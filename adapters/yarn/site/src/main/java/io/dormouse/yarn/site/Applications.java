package io.dormouse.yarn.site;

import java.io.IOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.nio.file.Path;
import java.security.PrivilegedExceptionAction;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.ApplicationSubmissionContext;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.NodeReport;
import org.apache.hadoop.yarn.api.records.NodeState;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.YarnApplicationAttemptState;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;

/** What the site asks of its ResourceManager, as the site's user. Thread-safe. */
final class Applications implements AutoCloseable {
  private static final long BYTES_PER_MEBIBYTE = 1L << 20;
  private static final Set<YarnApplicationState> OVER =
      EnumSet.of(
          YarnApplicationState.FINISHED, YarnApplicationState.FAILED, YarnApplicationState.KILLED);
  private static final Set<YarnApplicationAttemptState> LAUNCHED =
      EnumSet.of(YarnApplicationAttemptState.LAUNCHED, YarnApplicationAttemptState.RUNNING);

  private final UserGroupInformation user;
  private final YarnClient client;

  Applications(String userName, Path configuration) throws IOException, InterruptedException {
    user = UserGroupInformation.createRemoteUser(userName);
    YarnConfiguration conf = new YarnConfiguration();
    conf.addResource(new org.apache.hadoop.fs.Path(configuration.resolve("core-site.xml").toUri()));
    conf.addResource(new org.apache.hadoop.fs.Path(configuration.resolve("yarn-site.xml").toUri()));
    client =
        user.doAs(
            (PrivilegedExceptionAction<YarnClient>)
                () -> {
                  YarnClient fresh = YarnClient.createYarnClient();
                  fresh.init(conf);
                  fresh.start();
                  return fresh;
                });
  }

  /** The nodes that take work. */
  List<NodeReport> runningNodes() throws IOException, InterruptedException {
    return call(() -> client.getNodeReports(NodeState.RUNNING));
  }

  /** Submits an application whose ApplicationMaster runs a command. */
  ApplicationId submit(Submission submission) throws IOException, InterruptedException {
    return call(
        () -> {
          ApplicationSubmissionContext context =
              client.createApplication().getApplicationSubmissionContext();
          context.setApplicationName(submission.name());
          context.setApplicationType(submission.type());
          context.setQueue(submission.queue());
          context.setMaxAppAttempts(1);
          long mebibytes = Math.max(1, submission.memoryBytes() / BYTES_PER_MEBIBYTE);
          context.setResource(Resource.newInstance(mebibytes, 1));
          context.setAMContainerSpec(
              ContainerLaunchContext.newInstance(
                  Map.of(), Map.of(), List.of(submission.command()), Map.of(), null, Map.of()));
          client.submitApplication(context);
          return context.getApplicationId();
        });
  }

  ApplicationReport report(ApplicationId id) throws IOException, InterruptedException {
    return call(() -> client.getApplicationReport(id));
  }

  /** Whether the container of an application's master was started. */
  boolean isLaunched(ApplicationId id) throws IOException, InterruptedException {
    return call(
        () -> {
          ApplicationReport report = client.getApplicationReport(id);
          return !OVER.contains(report.getYarnApplicationState())
              && LAUNCHED.contains(
                  client
                      .getApplicationAttemptReport(report.getCurrentApplicationAttemptId())
                      .getYarnApplicationAttemptState());
        });
  }

  boolean isOver(ApplicationId id) throws IOException, InterruptedException {
    return OVER.contains(report(id).getYarnApplicationState());
  }

  /** Ends an application and waits for that. */
  void kill(ApplicationId id) throws IOException, InterruptedException {
    if (isOver(id)) {
      return;
    }
    call(
        () -> {
          client.killApplication(id);
          return true;
        });
    Waiting.until(
        "the end of " + id, Duration.ofSeconds(20), Duration.ofMillis(50), () -> isOver(id));
  }

  /** Ends every application. */
  void killAll() throws IOException, InterruptedException {
    EnumSet<YarnApplicationState> alive = EnumSet.complementOf(EnumSet.copyOf(OVER));
    for (ApplicationReport report : call(() -> client.getApplications(alive))) {
      kill(report.getApplicationId());
    }
  }

  private <T> T call(PrivilegedExceptionAction<T> work) throws IOException, InterruptedException {
    try {
      return user.doAs(work);
    } catch (UndeclaredThrowableException e) {
      if (e.getCause() instanceof YarnException cause) {
        throw new IOException("The ResourceManager refused: " + cause.getMessage(), cause);
      }
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    client.stop();
    FileSystem.closeAllForUGI(user);
  }

  /**
   * An application to submit.
   *
   * @param memoryBytes what its master holds
   * @param command a shell command
   */
  record Submission(String name, String type, String queue, long memoryBytes, String command) {}
}
