package io.dormouse.checkpoint.pki.authority;

import io.dormouse.checkpoint.pki.PeerName;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.bouncycastle.util.IPAddress;

/**
 * A certificate that is wanted.
 *
 * @param name who it speaks for
 * @param hosts DNS names and IP addresses by which others connect to it, at most 32
 * @param validity how long, from a minute to 825 days
 */
public record CertificateRequest(PeerName name, List<String> hosts, Duration validity) {
  /** How long certificates are valid unless said otherwise. */
  public static final Duration DEFAULT_VALIDITY = Duration.ofDays(90);

  private static final Duration VALIDITY_MIN = Duration.ofMinutes(1);
  private static final Duration VALIDITY_MAX = Duration.ofDays(825);
  private static final int HOSTS_MAX = 32;
  private static final Pattern DNS_NAME =
      Pattern.compile(
          "(?=.{1,253}$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)*"
              + "[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?");

  /** Checks all of it. */
  public CertificateRequest {
    hosts = hosts.stream().distinct().toList();
    if (hosts.size() > HOSTS_MAX) {
      throw new IllegalArgumentException(
          "The number of hosts (%d) must be at most %d.%nMaybe give a name that all of them share."
              .formatted(hosts.size(), HOSTS_MAX));
    }
    hosts.forEach(CertificateRequest::checkHost);
    if (validity.compareTo(VALIDITY_MIN) < 0 || validity.compareTo(VALIDITY_MAX) > 0) {
      throw new IllegalArgumentException(
          "The validity (%s) must be from %s to %d days.%nMaybe a unit is wrong: 90d are ninety days."
              .formatted(validity, VALIDITY_MIN, VALIDITY_MAX.toDays()));
    }
  }

  static boolean isAddress(String host) {
    return IPAddress.isValidIPv4(host) || IPAddress.isValidIPv6(host);
  }

  private static void checkHost(String host) {
    if (!isAddress(host) && !DNS_NAME.matcher(host).matches()) {
      throw new IllegalArgumentException(
          "The host (%s) must be a DNS name or an IP address.%nMaybe it has a port or a wildcard in it."
              .formatted(host.length() > 160 ? host.substring(0, 160) + "…" : host));
    }
  }
}
