package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.engines.DmtcpAnswers.Client;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The taps of all processes of an instance. */
final class DmtcpTaps implements AutoCloseable {
  private static final String TEMPORARY = ".temp";

  private final InstanceSpec owner;
  private final Path checkpoints;
  private final Map<String, DmtcpTap> taps = new HashMap<>();
  private boolean left;

  /** A process, and where its image comes from. */
  record Source(Client client, DmtcpTap tap) {}

  DmtcpTaps(InstanceSpec owner, Path checkpoints) {
    this.owner = owner;
    this.checkpoints = checkpoints;
  }

  /** Makes a FIFO where each of these processes will write its image. */
  Outcome<Done> prepare(List<Client> clients, Duration timeout) {
    List<String> argv = new ArrayList<>(OwnerRights.tool(owner, List.of("mkfifo", "-m", "600")));
    clients.forEach(client -> argv.add(written(client.imageName()).toString()));
    return ToolRunner.run(new ToolRunner.Call("mkfifo", argv, Map.of(), Path.of("/")), timeout)
        .then(
            result ->
                result.exitStatus() == 0
                    ? openAll(clients)
                    : Outcome.failed(
                        new EngineFailure.ToolFailed(
                            "mkfifo", result.exitStatus(), result.output())));
  }

  private Outcome<Done> openAll(List<Client> clients) {
    Outcome<Done> all = Outcome.ok(new Done(Duration.ZERO));
    for (Client client : clients) {
      all = all.then(done -> open(client, client.imageName()));
    }
    return all;
  }

  private Outcome<Done> open(Client client, String imageName) {
    return DmtcpTap.open(owner, imageName, written(imageName))
        .then(
            tap -> {
              DmtcpTap before = taps.put(client.uniquePid(), tap);
              if (before != null) {
                before.close();
              }
              return Outcome.ok(new Done(Duration.ZERO));
            });
  }

  private Path written(String imageName) {
    return checkpoints.resolve(imageName + TEMPORARY);
  }

  /**
   * Where the images of all these processes come from; empty as long as one of them has not begun.
   */
  Outcome<Optional<List<Source>>> begun(List<Client> clients) {
    List<Source> sources = new ArrayList<>();
    for (Client client : clients) {
      DmtcpTap tap = taps.get(client.uniquePid());
      if (tap == null || !tap.hasBegun()) {
        return lookFor(client).then(done -> Outcome.ok(Optional.empty()));
      }
      sources.add(new Source(client, tap));
    }
    return Outcome.ok(Optional.of(sources));
  }

  // A process that was made after the FIFOs, or has another name now, writes a file.
  private Outcome<Done> lookFor(Client client) {
    String end = "_" + client.uniquePid() + ".dmtcp" + TEMPORARY;
    Optional<String> other =
        Presence.list(checkpoints).stream()
            .map(file -> file.getFileName().toString())
            .filter(name -> name.endsWith(end))
            .map(name -> name.substring(0, name.length() - TEMPORARY.length()))
            .filter(name -> !isTapped(client, name))
            .findFirst();
    return other.isPresent() ? open(client, other.get()) : Outcome.ok(new Done(Duration.ZERO));
  }

  private boolean isTapped(Client client, String imageName) {
    DmtcpTap tap = taps.get(client.uniquePid());
    return tap != null && tap.imageName().equals(imageName);
  }

  /** Listens no more; the processes can write on to their ends. */
  void abandon() {
    taps.values().forEach(DmtcpTap::abandon);
  }

  /** Lets the readers end by themselves: without one, a process that still writes would end. */
  void leaveReaders() {
    left = true;
  }

  @Override
  public void close() {
    if (left) {
      return;
    }
    taps.values().forEach(DmtcpTap::close);
  }
}
