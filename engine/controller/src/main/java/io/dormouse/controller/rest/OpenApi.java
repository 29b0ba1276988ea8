package io.dormouse.controller.rest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The description of the interface, as it ships. */
final class OpenApi {
  private OpenApi() {}

  static String document() {
    try (InputStream in = OpenApi.class.getResourceAsStream("openapi.yaml")) {
      return new String(
          Objects.requireNonNull(in, "openapi.yaml is missing from the product.").readAllBytes(),
          StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("openapi.yaml can't be read from the product.", e);
    }
  }
}
