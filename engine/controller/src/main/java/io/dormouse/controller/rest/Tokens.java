package io.dormouse.controller.rest;

import io.dormouse.checkpoint.agentapi.TokenFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * The bearer tokens that open the interface.
 *
 * @param viewer of those who may read; empty where everybody may
 * @param operator of those who may read and steer; empty where nobody may steer
 */
public record Tokens(Optional<String> viewer, Optional<String> operator) {
  private static final String BEARER = "Bearer ";

  /**
   * Reads a token of the interface, on either side of it.
   *
   * @throws IOException if the file is missing, readable for others than its owner, or holds no
   *     token; the message says what to do
   */
  public static String read(Path file) throws IOException {
    try {
      return TokenFile.read(file);
    } catch (NoSuchFileException missing) {
      throw new IOException(
          "The token file (%s) does not exist.%nMaybe its path has a typing error.".formatted(file),
          missing);
    }
  }

  /** What an {@code Authorization} header allows. */
  boolean allow(Role role, Optional<String> header) {
    Optional<String> token =
        header.filter(value -> value.startsWith(BEARER)).map(value -> value.substring(7).strip());
    boolean operates = operator.isPresent() && matches(operator, token);
    return switch (role) {
      case ANYONE -> true;
      case VIEWER -> viewer.isEmpty() || operates || matches(viewer, token);
      case OPERATOR -> operates;
    };
  }

  private static boolean matches(Optional<String> expected, Optional<String> given) {
    return MessageDigest.isEqual(bytes(expected.orElse("")), bytes(given.orElse("")));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
