package io.dormouse.checkpoint.pki.authority;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * All certificates that an authority ever signed, one JSON object a line; written before the
 * certificate leaves the authority. Only ever appended to.
 */
final class IssuedLog {
  private final Path file;

  IssuedLog(Path file) {
    this.file = file;
  }

  /** One line; {@code renews} is the certificate that it replaces. */
  void append(
      CertificateRequest request,
      X509Certificate certificate,
      Optional<X509Certificate> renews,
      Instant at)
      throws IOException {
    String line =
        "{\"at\":\"%s\",\"serial\":\"%s\",\"cell\":\"%s\",\"role\":\"%s\",\"node\":\"%s\",\"hosts\":[%s],\"expires\":\"%s\"%s}\n"
            .formatted(
                at,
                serial(certificate),
                request.name().cell(),
                request.name().role().label(),
                request.name().node(),
                quoted(request.hosts()),
                certificate.getNotAfter().toInstant(),
                renews.map(old -> ",\"renews\":\"%s\"".formatted(serial(old))).orElse(""));
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND),
            PosixFilePermissions.asFileAttribute(
                PosixFilePermissions.fromString(PkiFiles.SECRET)))) {
      PkiFiles.write(channel, line);
    }
  }

  /** Names and hosts were checked: none has a character that JSON would escape. */
  private static String quoted(List<String> hosts) {
    return hosts.stream().map("\"%s\""::formatted).collect(Collectors.joining(","));
  }

  private static String serial(X509Certificate certificate) {
    return certificate.getSerialNumber().toString(16);
  }
}
