package io.dormouse.cli.pki;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dormouse.checkpoint.pki.PeerName;
import io.dormouse.checkpoint.pki.Role;
import io.dormouse.checkpoint.pki.authority.CertificateRequest;
import io.dormouse.checkpoint.pki.authority.Issued;
import io.dormouse.checkpoint.pki.authority.IssuedFiles;
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

/** {@code dormouse pki issue}. */
@Command(
    name = "issue",
    description =
        "Makes a key and a certificate for one daemon: certificate.pem, key.pem and authority.pem, which its keys tls.certificate, tls.key and tls.authority name.")
final class PkiIssueCommand extends BaseCommand {
  @Mixin private final AuthorityOptions authority = new AuthorityOptions();

  @Option(
      names = "--node",
      required = true,
      description = "The agent's node, as its configuration names it; any name for a controller.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String node;

  @Option(names = "--role", required = true, description = "agent or controller.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Role role;

  @Option(names = "--cell", description = "The cell (default: ${DEFAULT-VALUE}).")
  private String cell = "default";

  @Option(
      names = "--host",
      description =
          "A DNS name or IP address by which others reach it; may be repeated. An agent needs the one in agents.addresses.")
  private List<String> hosts = new ArrayList<>();

  @Option(
      names = "--valid",
      converter = ValidityText.class,
      description = "How long it is valid, up to 825d (default: 90d).")
  private Optional<Duration> valid = Optional.empty();

  @Option(
      names = "--out",
      description = "The folder for the three files (default: ROLE-NODE here).")
  private Optional<Path> out = Optional.empty();

  @Override
  protected ExitCode run(Console console) {
    if (role == Role.AGENT && hosts.isEmpty()) {
      throw badUsage(
          "An agent's certificate must name a --host by which controllers reach it.",
          "Maybe --host %s, or its IP address.".formatted(node));
    }
    Issued issued = Attempt.at(() -> authority.open().issue(request(), files()));
    Instant now = Instant.now();
    ObjectNode json = CertificateFacts.json(issued.certificate(), now);
    json.put("certificate", issued.files().certificate().toString());
    json.put("key", issued.files().key().toString());
    json.put("authority", issued.files().authority().toString());
    console.json(json);
    console.text(
        "%s%n%s"
            .formatted(issued.files().folder(), CertificateFacts.text(issued.certificate(), now)));
    return ExitCode.OK;
  }

  private CertificateRequest request() {
    return new CertificateRequest(
        new PeerName(cell, role, node), hosts, valid.orElse(CertificateRequest.DEFAULT_VALIDITY));
  }

  private IssuedFiles files() {
    return new IssuedFiles(
        out.orElseGet(() -> Path.of(role.label() + "-" + new PeerName(cell, role, node).node())));
  }
}
