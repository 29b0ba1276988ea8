package io.dormouse.bench.agents;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.dormouse.checkpoint.pki.PeerName;
import io.dormouse.checkpoint.pki.Role;
import io.dormouse.checkpoint.pki.TlsFiles;
import io.dormouse.checkpoint.pki.TlsIdentity;
import io.dormouse.checkpoint.pki.authority.CertificateAuthority;
import io.dormouse.checkpoint.pki.authority.CertificateRequest;
import io.dormouse.checkpoint.pki.authority.IssuedFiles;
import io.dormouse.cli.bench.Benchmark.MissingPeerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A folder with an authority, a controller's certificate, and agents with a folder each. */
public final class BenchCell {
  /** Its name in certificates and commands. */
  public static final String NAME = "bench";

  private static final String CONTROLLER = "watcher";
  private static final Duration AUTHORITY_LIFE = Duration.ofDays(2);
  private static final Duration CERTIFICATE_LIFE = Duration.ofDays(1);

  private final Path folder;
  private final CertificateAuthority authority;

  private BenchCell(Path folder, CertificateAuthority authority) {
    this.folder = folder;
    this.authority = authority;
  }

  /** Makes one in an empty folder, which every user may look into. */
  public static BenchCell create(Path folder) throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    BenchCell cell =
        new BenchCell(
            folder,
            CertificateAuthority.create(
                folder.resolve("authority"), AUTHORITY_LIFE, InstantSource.system()));
    cell.issue(Role.CONTROLLER, CONTROLLER, "127.0.0.1");
    return cell;
  }

  /**
   * An agent to be started.
   *
   * @param node its name
   * @param address that it listens at
   * @param prefix words before its command
   * @param config more of its configuration
   */
  public record Plan(
      String node, String address, List<String> prefix, Map<String, Object> config) {}

  /** Starts an agent with an empty store, and waits until it answers. */
  public InstalledAgent start(Plan plan) throws IOException, MissingPeerException {
    issue(Role.AGENT, plan.node(), plan.address());
    Path own = Files.createDirectory(folder.resolve(plan.node()));
    Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path config = Files.write(own.resolve("agent.yaml"), config(plan, own));
    return InstalledAgent.start(plan, own, config);
  }

  private byte[] config(Plan plan, Path own) throws IOException {
    TlsFiles tls = certificate(plan.node()).tls();
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("node", plan.node());
    config.put("state-directory", own.resolve("state").toString());
    config.put("image-store", own.resolve("images").toUri().toString());
    config.put("socket", InstalledAgent.socket(own).toString());
    config.put("bind", plan.address());
    config.put("port", 0);
    config.put("port-file", InstalledAgent.portFile(own).toString());
    config.put(
        "tls",
        Map.of(
            "certificate", tls.certificate().toString(),
            "key", tls.key().toString(),
            "authority", tls.authority().toString()));
    config.put("end-instances-on-shutdown", true);
    config.putAll(plan.config());
    return new YAMLMapper().writeValueAsBytes(config);
  }

  /** Who commands the agents. */
  public TlsIdentity controller() throws IOException {
    return TlsIdentity.open(certificate(CONTROLLER).tls(), Role.CONTROLLER, InstantSource.system());
  }

  private IssuedFiles certificate(String name) {
    return new IssuedFiles(folder.resolve("certificates").resolve(name));
  }

  private void issue(Role role, String name, String address) throws IOException {
    Files.createDirectories(folder.resolve("certificates"));
    authority.issue(
        new CertificateRequest(new PeerName(NAME, role, name), List.of(address), CERTIFICATE_LIFE),
        certificate(name));
  }
}
