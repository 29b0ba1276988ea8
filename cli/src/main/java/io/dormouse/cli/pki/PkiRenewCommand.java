package io.dormouse.cli.pki;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dormouse.checkpoint.pki.authority.CertificateAuthority;
import io.dormouse.checkpoint.pki.authority.CertificateRequest;
import io.dormouse.checkpoint.pki.authority.IssuedFiles;
import io.dormouse.checkpoint.pki.authority.Renewal;
import io.dormouse.cli.BaseCommand;
import io.dormouse.cli.Console;
import io.dormouse.cli.ExitCode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dormouse pki renew}. */
@Command(
    name = "renew",
    description =
        "Makes new certificates with the same names in place of those that end soon; the daemons notice by themselves. Ends with 3 where nothing was due.")
final class PkiRenewCommand extends BaseCommand {
  private static final Duration WITHIN = Duration.ofDays(30);

  @Mixin private final AuthorityOptions authority = new AuthorityOptions();

  @Parameters(
      arity = "1..*",
      paramLabel = "FOLDER",
      description = "Folders that `dormouse pki issue` made.")
  private List<Path> folders = new ArrayList<>();

  @Option(
      names = "--within",
      converter = ValidityText.class,
      description = "Renew what ends in this time (default: 30d).")
  private Optional<Duration> within = Optional.empty();

  @Option(
      names = "--valid",
      converter = ValidityText.class,
      description = "How long the new ones are valid, up to 825d (default: 90d).")
  private Optional<Duration> valid = Optional.empty();

  @Option(names = "--new-key", description = "Make new keys too.")
  private boolean newKey;

  @Override
  protected ExitCode run(Console console) {
    CertificateAuthority opened = Attempt.at(authority::open);
    ArrayNode certificates = JsonNodeFactory.instance.arrayNode();
    boolean anyDue = false;
    for (Path folder : folders) {
      Renewal renewal = Attempt.at(() -> opened.renew(new IssuedFiles(folder), options()));
      anyDue |= renewal instanceof Renewal.Renewed;
      certificates.add(json(folder, renewal));
      console.text(folder + ": " + text(renewal));
    }
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.set("certificates", certificates);
    console.json(json);
    return anyDue ? ExitCode.OK : ExitCode.NOTHING;
  }

  private Renewal.Options options() {
    return new Renewal.Options(
        within.orElse(WITHIN), valid.orElse(CertificateRequest.DEFAULT_VALIDITY), newKey);
  }

  private static String text(Renewal renewal) {
    if (renewal instanceof Renewal.Renewed renewed) {
      return "renewed: " + CertificateFacts.text(renewed.issued().certificate(), Instant.now());
    }
    return "not due before its end at " + ((Renewal.NotDue) renewal).expires();
  }

  private static ObjectNode json(Path folder, Renewal renewal) {
    if (renewal instanceof Renewal.Renewed renewed) {
      ObjectNode json = CertificateFacts.json(renewed.issued().certificate(), Instant.now());
      json.put("folder", folder.toString());
      json.put("renewed", true);
      return json;
    }
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("folder", folder.toString());
    json.put("renewed", false);
    json.put("expires", ((Renewal.NotDue) renewal).expires().toString());
    return json;
  }
}
