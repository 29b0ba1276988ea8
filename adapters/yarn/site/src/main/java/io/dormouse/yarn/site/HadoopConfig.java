package io.dormouse.yarn.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Hadoop's configuration files of one process. Not thread-safe. */
final class HadoopConfig {
  private static final String LOG4J =
      """
      log4j.rootLogger=WARN,F
      log4j.appender.F=org.apache.log4j.RollingFileAppender
      log4j.appender.F.File=%s
      log4j.appender.F.MaxFileSize=16MB
      log4j.appender.F.MaxBackupIndex=2
      log4j.appender.F.layout=org.apache.log4j.PatternLayout
      log4j.appender.F.layout.ConversionPattern=%%d %%p %%c{2}: %%m%%n
      """;

  private static final String LOGBACK =
      """
      <configuration>
        <appender name="console" class="ch.qos.logback.core.ConsoleAppender">
          <encoder><pattern>%d %-5level %logger{30} %msg%n</pattern></encoder>
        </appender>
        <logger name="io.dormouse" level="INFO"/>
        <root level="WARN"><appender-ref ref="console"/></root>
      </configuration>
      """;

  private final Map<String, String> core = new LinkedHashMap<>();
  private final Map<String, String> yarn = new LinkedHashMap<>();
  private final Map<String, String> scheduler = new LinkedHashMap<>();

  HadoopConfig core(String key, String value) {
    core.put(key, value);
    return this;
  }

  HadoopConfig yarn(String key, String value) {
    yarn.put(key, value);
    return this;
  }

  HadoopConfig scheduler(String key, String value) {
    scheduler.put("yarn.scheduler.capacity." + key, value);
    return this;
  }

  HadoopConfig yarn(Map<String, String> settings) {
    yarn.putAll(settings);
    return this;
  }

  /**
   * Writes the files into a folder.
   *
   * @param log where Hadoop's daemons log; our own processes log to their standard output
   */
  void write(Path folder, Path log) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("logback.xml"), LOGBACK);
    Files.writeString(folder.resolve("core-site.xml"), xml(core));
    Files.writeString(folder.resolve("yarn-site.xml"), xml(yarn));
    Files.writeString(folder.resolve("capacity-scheduler.xml"), xml(scheduler));
    Files.writeString(folder.resolve("log4j.properties"), LOG4J.formatted(log));
  }

  private static String xml(Map<String, String> settings) {
    return settings.entrySet().stream()
        .map(
            setting ->
                "  <property><name>%s</name><value>%s</value></property>%n"
                    .formatted(escape(setting.getKey()), escape(setting.getValue())))
        .collect(Collectors.joining("", "<configuration>\n", "</configuration>\n"));
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
