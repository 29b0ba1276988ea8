package io.dormouse.checkpoint.agent;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipal;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;

/**
 * Tells the uid and gid of the process at the other end of a Unix socket (SO_PEERCRED).
 *
 * <p>The JDK gives principals, whose names can mislead: a user may be called "0", or have no name.
 * So a principal's number is found by making it the owner of a file and reading the file's uid.
 * That needs root; any other agent only knows its own user.
 */
final class PeerIdentities implements PeerSource {
  private final Path probe;

  /** {@code folder}: private to the agent. */
  PeerIdentities(Path folder) throws IOException {
    this.probe = folder.resolve("peer-probe");
    Files.deleteIfExists(probe);
    Files.createFile(probe);
  }

  @Override
  public Peer of(SocketChannel channel) throws IOException {
    UnixDomainPrincipal principal = channel.getOption(ExtendedSocketOptions.SO_PEERCRED);
    return number(principal.user(), principal.group());
  }

  private synchronized Peer number(UserPrincipal user, GroupPrincipal group) throws IOException {
    FileOwnerAttributeView owner = Files.getFileAttributeView(probe, FileOwnerAttributeView.class);
    if (!owner.getOwner().equals(user)) {
      owner.setOwner(user);
    }
    PosixFileAttributeView posix =
        Files.getFileAttributeView(probe, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    if (!posix.readAttributes().group().equals(group)) {
      posix.setGroup(group);
    }
    return new Peer(unsigned("unix:uid"), unsigned("unix:gid"));
  }

  private long unsigned(String attribute) throws IOException {
    return Integer.toUnsignedLong((Integer) Files.getAttribute(probe, attribute));
  }
}
