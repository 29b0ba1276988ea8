package io.dormouse.cli.pki;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dormouse.checkpoint.pki.PemFiles;
import io.dormouse.checkpoint.pki.authority.IssuedFiles;
import io.dormouse.cli.BaseCommand;
import io.dormouse.cli.Console;
import io.dormouse.cli.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code dormouse pki show}. */
@Command(
    name = "show",
    description =
        "Says who certificates speak for and when they end. Ends with 1 where one is not valid now.")
final class PkiShowCommand extends BaseCommand {
  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "Files of certificates, or folders that `dormouse pki issue` made.")
  private List<Path> files = new ArrayList<>();

  @Override
  protected ExitCode run(Console console) {
    Instant now = Instant.now();
    ArrayNode certificates = JsonNodeFactory.instance.arrayNode();
    boolean allValid = true;
    for (Path named : files) {
      Path file = Files.isDirectory(named) ? new IssuedFiles(named).certificate() : named;
      for (X509Certificate certificate : Attempt.at(() -> PemFiles.certificates(file))) {
        certificates.add(CertificateFacts.json(certificate, now).put("file", file.toString()));
        console.text(file + ": " + CertificateFacts.text(certificate, now));
        allValid &= CertificateFacts.status(certificate, now).equals("valid");
      }
    }
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.set("certificates", certificates);
    console.json(json);
    return allValid ? ExitCode.OK : ExitCode.FAILED;
  }
}
