package io.dormouse.cli.pki;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dormouse.checkpoint.pki.authority.CertificateAuthority;
import io.dormouse.cli.BaseCommand;
import io.dormouse.cli.Console;
import io.dormouse.cli.ExitCode;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dormouse pki init}. */
@Command(
    name = "init",
    description =
        "Makes a private certificate authority in a folder; never overwrites one. Who has its key can make himself obeyed by all agents: keep it off the cluster.")
final class PkiInitCommand extends BaseCommand {
  @Mixin private final AuthorityOptions authority = new AuthorityOptions();

  @Option(
      names = "--valid",
      converter = ValidityText.class,
      description = "How long it is valid, up to 7300d (default: 3650d).")
  private Optional<Duration> valid = Optional.empty();

  @Override
  protected ExitCode run(Console console) {
    InstantSource clock = InstantSource.system();
    CertificateAuthority made =
        Attempt.at(
            () ->
                CertificateAuthority.create(
                    authority.folder(),
                    valid.orElse(CertificateAuthority.DEFAULT_VALIDITY),
                    clock));
    ObjectNode json = CertificateFacts.json(made.certificate(), clock.instant());
    json.put("authority", made.certificateFile().toString());
    console.json(json);
    console.text(
        "%s%n%s"
            .formatted(
                made.certificateFile(),
                CertificateFacts.text(made.certificate(), clock.instant())));
    return ExitCode.OK;
  }
}
