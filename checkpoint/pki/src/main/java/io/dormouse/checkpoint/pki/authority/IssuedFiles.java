package io.dormouse.checkpoint.pki.authority;

import io.dormouse.checkpoint.pki.TlsFiles;
import java.nio.file.Path;

/**
 * A folder with what one daemon needs.
 *
 * @param folder where it is
 */
public record IssuedFiles(Path folder) {
  /** Its certificate. */
  public Path certificate() {
    return folder.resolve("certificate.pem");
  }

  /** Its private key. */
  public Path key() {
    return folder.resolve("key.pem");
  }

  /** The authorities that it trusts. */
  public Path authority() {
    return folder.resolve("authority.pem");
  }

  /** The three, as a daemon is told of them. */
  public TlsFiles tls() {
    return new TlsFiles(certificate(), key(), authority());
  }
}
