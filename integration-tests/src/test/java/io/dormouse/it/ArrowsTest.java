package io.dormouse.it;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The arrows of docs/architecture.md: who may know whom. */
class ArrowsTest {
  private static final JavaClasses PRODUCT =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.dormouse");

  private static final String CORE = "io.dormouse.engine..";
  private static final String LEARNING = "io.dormouse.learning..";
  private static final String CONTROLLER = "io.dormouse.controller..";
  private static final String HOSTS = "io.dormouse.checkpoint.hosts..";
  private static final String IMAGES = "io.dormouse.checkpoint.images..";
  private static final String ENGINES = "io.dormouse.checkpoint.engines..";
  private static final String PKI = "io.dormouse.checkpoint.pki..";
  private static final String AGENT_API = "io.dormouse.checkpoint.agentapi..";
  private static final String LAUNCHER = "io.dormouse.checkpoint.launcher..";
  private static final String AGENT = "io.dormouse.checkpoint.agent..";
  private static final String YARN_PLUGIN = "io.dormouse.yarn.plugin..";
  private static final String YARN_ADAPTER = "io.dormouse.yarn.adapter..";
  private static final String YARN_WARM_POOL = "io.dormouse.yarn.warmpool..";
  private static final String YARN_SITE = "io.dormouse.yarn.site..";
  private static final String CLI = "io.dormouse.cli..";
  private static final String BENCH = "io.dormouse.bench..";

  private record Arrow(String module, List<String> mayKnow) {
    private Arrow(String module, String... mayKnow) {
      this(module, List.of(mayKnow));
    }
  }

  private static final List<Arrow> ARROWS =
      List.of(
          new Arrow(CORE),
          new Arrow(LEARNING, CORE),
          new Arrow(CONTROLLER, CORE, LEARNING, AGENT_API, PKI, HOSTS),
          new Arrow(HOSTS),
          new Arrow(IMAGES, HOSTS),
          new Arrow(ENGINES, IMAGES, HOSTS),
          new Arrow(PKI),
          new Arrow(AGENT_API, PKI, HOSTS),
          new Arrow(LAUNCHER, AGENT_API),
          new Arrow(AGENT, AGENT_API, PKI, ENGINES, IMAGES, HOSTS),
          new Arrow(YARN_PLUGIN),
          new Arrow(YARN_ADAPTER, CORE, AGENT_API, YARN_WARM_POOL),
          new Arrow(YARN_WARM_POOL, CORE, AGENT_API),
          new Arrow(YARN_SITE, CORE, YARN_ADAPTER, YARN_WARM_POOL),
          new Arrow(CLI, CORE, CONTROLLER, AGENT, IMAGES, ENGINES, PKI, HOSTS),
          new Arrow(BENCH, "io.dormouse.."));

  @TestFactory
  Stream<DynamicTest> modulesKnowOnlyWhatTheirArrowsPointTo() {
    return ARROWS.stream()
        .map(arrow -> DynamicTest.dynamicTest(arrow.module(), () -> check(arrow)));
  }

  private static void check(Arrow arrow) {
    List<String> allowed = new ArrayList<>(arrow.mayKnow());
    allowed.add(arrow.module());
    noClasses()
        .that(resideInAPackage(arrow.module()))
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.dormouse..")
                .and(not(resideInAnyPackage(allowed.toArray(String[]::new)))))
        .because("docs/architecture.md draws no such arrow")
        .check(PRODUCT);
  }

  @Test
  void everyClassBelongsToAModule() {
    classes()
        .that()
        .resideInAPackage("io.dormouse..")
        .should()
        .resideInAnyPackage(ARROWS.stream().map(Arrow::module).toArray(String[]::new))
        .check(PRODUCT);
  }

  @Test
  void coreKnowsOnlyTheJdkGuavaAndItsSolver() {
    classes()
        .that()
        .resideInAPackage(CORE)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            CORE,
            "java..",
            "com.google.common..",
            "com.google.errorprone.annotations..",
            "org.jspecify..")
        .check(PRODUCT);
  }

  @Test
  void coreIsPure() {
    noClasses()
        .that()
        .resideInAPackage(CORE)
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("java.net..", "java.nio.channels..", "java.util.concurrent.atomic..")
                .or(
                    com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf(
                        Thread.class, java.util.Random.class, java.io.File.class)))
        .orShould()
        .callMethod(java.time.Instant.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(Math.class, "random")
        .because("the decision cycle is a pure function: time and randomness come in")
        .check(PRODUCT);
  }

  @Test
  void thePluginNeedsOnlyHadoopAndTheJdk() {
    noClasses()
        .that()
        .resideInAPackage(YARN_PLUGIN)
        .should()
        .dependOnClassesThat(
            not(
                resideInAnyPackage(
                    YARN_PLUGIN,
                    "java..",
                    "javax..",
                    "org.apache.hadoop..",
                    "org.slf4j..",
                    "org.jspecify..")))
        .check(PRODUCT);
  }

  @Test
  void onlyTheAuthorityMakesCertificates() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.dormouse.checkpoint.pki.authority..")
        .should()
        .dependOnClassesThat(resideInAPackage("org.bouncycastle.."))
        .because("who only shows and checks certificates runs without Bouncy Castle")
        .check(PRODUCT);
  }
}
