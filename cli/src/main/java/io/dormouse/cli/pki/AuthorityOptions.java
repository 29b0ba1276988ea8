package io.dormouse.cli.pki;

import io.dormouse.checkpoint.pki.authority.CertificateAuthority;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which authority. */
final class AuthorityOptions {
  @Option(
      names = "--ca",
      description = "The authority's folder (default: ~/.local/share/dormouse/pki).")
  private Optional<Path> folder = Optional.empty();

  Path folder() {
    return folder.orElseGet(
        () -> Path.of(System.getProperty("user.home"), ".local/share/dormouse/pki"));
  }

  CertificateAuthority open() throws IOException {
    return CertificateAuthority.open(folder(), InstantSource.system());
  }
}
