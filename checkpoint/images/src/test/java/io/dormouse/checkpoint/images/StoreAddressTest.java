package io.dormouse.checkpoint.images;

import static io.dormouse.checkpoint.images.Published.failure;
import static io.dormouse.checkpoint.images.Published.ok;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoreAddressTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "file:/var/lib/images",
        "file:///var/lib/images",
        "hdfs://namenode:8020/dormouse/images",
        "hdfs://cluster/dormouse",
        "hdfs:///dormouse",
        "s3a://bucket",
        "s3a://bucket/",
        "s3a://my.bucket-1/dormouse/images"
      })
  void addresses(String text) {
    assertThat(ok(StoreAddress.parse(text))).hasToString(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/var/lib/images    | has no scheme       | Maybe you meant file:/var/lib/images.",
        "file://host/images | names a host        | Maybe you meant file:/host/images.",
        "file:/a b          | is no address       | Maybe you meant file:/a%20b.",
        "file:/a?b          | after its path      | Maybe you meant file:/a%3Fb.",
        "s3://bucket/x      | scheme s3           | Maybe you meant s3a://bucket/path.",
        "http://host/x      | scheme http         | Maybe you meant file:/path, hdfs:",
        "hdfs://host:8020   | path of its own     | Maybe you meant hdfs://host:8020/dormouse/images.",
        "hdfs:/x/../y       | must be a plain     | Maybe leave out dots",
        "hdfs:path          | must name one host  | Maybe write it like hdfs://host",
        "s3a:bucket/x       | must name one host  | Maybe write it like hdfs://host",
        "s3a:///x           | must name a bucket  | Maybe write it like s3a://bucket/path",
        "s3a://bucket:99/x  | must name a bucket  | core-site.xml",
        "s3a://bucket/x?y   | must be a plain     | Maybe leave out dots",
        "hdfs://h/x#y       | must be a plain     | Maybe leave out dots",
        "s3a://bu cket/x    | is no address       | Maybe write it like",
      })
  void whatWasProbablyMeantIsSaid(String text, String reason, String hint) {
    assertThat(failure(StoreAddress.parse(text)).message()).contains(reason).contains(hint);
  }

  @ParameterizedTest
  @ValueSource(strings = {"images", "./images", "file:images", "file:./images"})
  void relativePathsAreShownWhole(String text) {
    assertThat(failure(StoreAddress.parse(text)).message())
        .contains(text)
        .contains("Maybe you meant file:" + Path.of("images").toAbsolutePath() + ".");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "s3a://AKIA:HUSH@bucket/x",
        "s3a://AKIA:HU/SHY@bucket/x",
        "s3a://AKIA:HU%2FSHY@bucket",
        "s3a://AKIA:HUSH/bucket",
        "s3a://bucket/x@HUSH y",
        "hdfs://user:HUSH@host/x",
      })
  void credentialsAreRefusedAndNotShown(String text) {
    assertThat(failure(StoreAddress.parse(text)).message())
        .doesNotContain("HUSH")
        .doesNotContain("SHY")
        .doesNotContain("AKIA")
        .contains("Maybe ");
  }

  @Test
  void whatBelongsToAStoreLiesBesideItOnlyWhereItIsLocal(
      @org.junit.jupiter.api.io.TempDir Path local) {
    StoreLocation here = StoreLocation.of(ok(StoreAddress.parse("file:/var/images")), local);
    StoreLocation far = StoreLocation.of(ok(StoreAddress.parse("s3a://bucket/x")), local);

    assertThat(here.keys()).isEqualTo(Path.of("/var/images/keys"));
    assertThat(here.spool()).isEqualTo(Path.of("/var/images/staging"));
    assertThat(far.keys()).isEqualTo(local.resolve("keys"));
    assertThat(far.spool()).isEqualTo(local.resolve("staging"));
  }
}
