package io.dormouse.checkpoint.agent;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dormouse.checkpoint.agentapi.proto.NodeIdentityRequest;
import io.dormouse.checkpoint.agentapi.proto.RefusalCode;
import io.dormouse.checkpoint.agentapi.proto.ThinReply;
import io.dormouse.checkpoint.images.files.PrivateFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Under which names schedulers know this node, as their daemons told. Thread-safe; kept over
 * restarts.
 */
final class NodeNames {
  private static final int SCHEDULERS_MAX = 16;
  private static final Pattern SCHEDULER = Pattern.compile("[a-z][a-z0-9-]{0,31}");
  private static final Pattern NODE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:\\[\\]-]{0,254}");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private final Set<Long> tellers;
  private final Map<String, String> names = new TreeMap<>();

  /** {@code tellers}: the users, beside root, that schedulers' daemons run as. */
  NodeNames(Path file, Set<Long> tellers) throws IOException {
    this.file = file;
    this.tellers = Set.copyOf(tellers);
    Optional<byte[]> kept = PrivateFiles.readIfThere(file);
    if (kept.isPresent()) {
      names.putAll(JSON.readValue(kept.get(), new TypeReference<Map<String, String>>() {}));
    }
  }

  /** Such as {@code yarn=127.0.0.1:45454}. */
  synchronized List<String> all() {
    return names.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
  }

  synchronized ThinReply told(Peer peer, NodeIdentityRequest request) {
    if (peer.uid() != Peer.ROOT && !tellers.contains(peer.uid())) {
      return Replies.refused(
          RefusalCode.NOT_YOURS,
          String.format(
              "The user (uid %d) runs no scheduler's daemon.%n"
                  + "Maybe add it to the agent's schedulerUids.",
              peer.uid()));
    }
    if (!SCHEDULER.matcher(request.getScheduler()).matches()
        || !NODE.matcher(request.getNode()).matches()
        || (names.size() >= SCHEDULERS_MAX && !names.containsKey(request.getScheduler()))) {
      return Replies.refused(RefusalCode.MALFORMED, "The scheduler's or the node's name is wrong.");
    }
    names.put(request.getScheduler(), request.getNode());
    try {
      PrivateFiles.replaceDurably(file, JSON.writeValueAsBytes(names));
      return Replies.ACCEPTED;
    } catch (IOException e) {
      return Replies.refused(
          RefusalCode.CANNOT_START, "The name can't be written down: " + e.getMessage());
    }
  }
}
