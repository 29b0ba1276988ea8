package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agentapi.proto.Host;
import io.dormouse.checkpoint.agentapi.proto.RestoreAnswer;
import io.dormouse.checkpoint.agentapi.proto.RestoreQuestion;
import io.dormouse.checkpoint.images.HostAbilities;
import io.dormouse.checkpoint.images.HostFingerprint;
import io.dormouse.checkpoint.images.RestoreRules;
import io.dormouse.checkpoint.images.RestoreRules.Subject;
import io.dormouse.checkpoint.images.RestoreVerdict;
import io.dormouse.checkpoint.images.RestoreVerdict.Reason;
import java.util.Optional;
import java.util.TreeSet;

/** Says whether what another host dumps can be restored on this one. */
final class Restorable {
  private Restorable() {}

  static RestoreAnswer answer(RestoreQuestion question, HostAbilities here) {
    Host source = question.getSource();
    Subject subject = new Subject(source.getEngine(), fingerprint(source), false, Optional.empty());
    return RestoreRules.verdict(subject, here) instanceof RestoreVerdict.No no
        ? RestoreAnswer.newBuilder()
            .addAllReasons(no.reasons().stream().map(Reason::text).toList())
            .build()
        : RestoreAnswer.newBuilder().setYes(true).build();
  }

  private static HostFingerprint fingerprint(Host host) {
    return new HostFingerprint(
        host.getKernelRelease(),
        host.getCpuModel(),
        new TreeSet<>(host.getCpuFeaturesList()),
        host.getLibc(),
        host.getCgroups(),
        host.getStorage(),
        host.getToolVersion());
  }
}
