package io.dormouse.yarn.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends processes whose working directory lies in a site's folders: containers that outlived their
 * NodeManager.
 */
final class Leftovers {
  private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);

  private Leftovers() {}

  static void end(Path work) throws InterruptedException {
    List<ProcessHandle> left =
        ProcessHandle.allProcesses()
            .filter(process -> process.pid() != ProcessHandle.current().pid())
            .filter(process -> worksIn(process, work))
            .toList();
    if (!left.isEmpty()) {
      LOG.info("{} processes of containers were left over and are ended.", left.size());
    }
    CompletableFuture<?>[] ends =
        left.stream()
            .peek(process -> LOG.debug("ended: {}", shown(process)))
            .peek(ProcessHandle::destroyForcibly)
            .map(ProcessHandle::onExit)
            .toArray(CompletableFuture[]::new);
    try {
      CompletableFuture.allOf(ends).get(5, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("Processes are left over.", e);
    }
  }

  private static String shown(ProcessHandle process) {
    return process.pid() + " " + process.info().commandLine().orElse("");
  }

  private static boolean worksIn(ProcessHandle process, Path work) {
    try {
      return Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/cwd")).startsWith(work);
    } catch (IOException | SecurityException e) {
      return false;
    }
  }
}
