package io.dormouse.yarn.warmpool;

import io.dormouse.checkpoint.agentapi.BearerToken;
import io.dormouse.checkpoint.agentapi.TokenFile;
import io.grpc.CallCredentials;
import java.io.IOException;
import java.nio.file.Path;

/** What a client shows to a pool. */
public final class PoolToken {
  private PoolToken() {}

  /**
   * Reads the token that a private file holds.
   *
   * @throws IOException if it can't be read, or others can read it
   */
  public static CallCredentials read(Path file) throws IOException {
    return new BearerToken(TokenFile.read(file));
  }
}
