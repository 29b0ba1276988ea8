package io.dormouse.checkpoint.images;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** What users write to name a store. Whatever could be a secret is in no message. */
public final class StoreAddress {
  private static final Pattern AUTHORITY = Pattern.compile("[A-Za-z0-9._-]*(:\\d{1,5})?");
  private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{1,254}");
  private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*):.*");

  private StoreAddress() {}

  /**
   * Reads an address: {@code file:/an/absolute/path}, {@code hdfs://namenode:8020/path} (or {@code
   * hdfs:///path} on the configured file system), or {@code s3a://bucket/path}.
   *
   * @return the address, or a {@link StoreFailure.BadAddress} with what was probably meant
   */
  public static Stored<URI> parse(String text) {
    var scheme = SCHEME.matcher(text);
    if (!scheme.matches()) {
      return bad("The image store (%s) has no scheme.".formatted(text), meant(text));
    }
    return switch (scheme.group(1)) {
      case "file" -> file(text);
      case "hdfs" -> remote(text);
      case "s3a" -> text.indexOf('@') >= 0 ? secret() : remote(text);
      case "s3", "s3n", "S3A", "S3" ->
          bad(
              "The image store has the scheme %s.".formatted(scheme.group(1)),
              "Maybe you meant s3a://bucket/path.");
      default ->
          bad(
              "The image store has the scheme %s, which none has.".formatted(scheme.group(1)),
              "Maybe you meant file:/path, hdfs://host:port/path or s3a://bucket/path.");
    };
  }

  private static Stored<URI> file(String text) {
    String path = text.substring("file:".length());
    if (path.startsWith("//") && !path.startsWith("///")) {
      return bad(
          "The image store (%s) names a host.".formatted(text),
          "Maybe you meant file:%s.".formatted(path.substring(1)));
    }
    if (!path.startsWith("/")) {
      return bad("The image store (%s) has no absolute path.".formatted(text), meant(path));
    }
    try {
      URI uri = new URI(text);
      return uri.getQuery() == null && uri.getFragment() == null
          ? new Stored.Ok<>(uri)
          : bad("The image store (%s) goes on after its path.".formatted(text), encoded(path));
    } catch (URISyntaxException e) {
      return bad("The image store (%s) is no address.".formatted(text), encoded(path));
    }
  }

  private static String encoded(String path) {
    return "Maybe you meant file:%s.".formatted(Path.of(path).toUri().getRawPath());
  }

  /** A path as it was given on the command line. */
  private static String meant(String path) {
    try {
      return "Maybe you meant file:%s."
          .formatted(Path.of(path).toAbsolutePath().normalize().toUri().getRawPath());
    } catch (InvalidPathException noPath) {
      return "Maybe write it like file:/var/lib/dormouse/images.";
    }
  }

  /** No message shows the address before it is certain that it holds no secret. */
  private static Stored<URI> remote(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      return bad(
          "The image store is no address: %s at character %d."
              .formatted(e.getReason(), e.getIndex()),
          "Maybe write it like hdfs://host:8020/path or s3a://bucket/path.");
    }
    String authority = uri.getRawAuthority() == null ? "" : uri.getRawAuthority();
    boolean bucket = "s3a".equals(uri.getScheme());
    if (uri.isOpaque() || !AUTHORITY.matcher(authority).matches()) {
      return bucket && authority.indexOf(':') >= 0
          ? secret()
          : bad(
              "The image store must name one host or bucket.",
              "Maybe write it like hdfs://host:8020/path or s3a://bucket/path.");
    }
    if (bucket && !BUCKET.matcher(authority).matches()) {
      return bad(
          "The image store (%s) must name a bucket, and no port.".formatted(text),
          "Maybe write it like s3a://bucket/path; an endpoint is configured in core-site.xml.");
    }
    return path(uri, text, bucket);
  }

  private static Stored<URI> path(URI uri, String text, boolean bucket) {
    String path = uri.getPath();
    boolean whole = path.isEmpty() || path.equals("/");
    boolean dots = List.of(path.split("/", -1)).stream().anyMatch(part -> part.matches("\\.\\.?"));
    if (dots || uri.getQuery() != null || uri.getFragment() != null) {
      return bad(
          "The image store (%s) must be a plain path.".formatted(text),
          "Maybe leave out dots, and whatever follows a question mark.");
    }
    return whole && !bucket
        ? bad(
            "The image store (%s) must have a path of its own.".formatted(text),
            "Maybe you meant %s/dormouse/images."
                .formatted(text.endsWith("/") ? text.substring(0, text.length() - 1) : text))
        : new Stored.Ok<>(uri);
  }

  private static Stored<URI> secret() {
    return bad(
        "The image store's address must not hold credentials; it is not shown here.",
        "Maybe put them where Hadoop looks: a credential provider or core-site.xml in the --hadoop-conf directory, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.");
  }

  private static Stored<URI> bad(String reason, String hint) {
    return new Stored.Failed<>(new StoreFailure.BadAddress(reason, hint));
  }
}
