package io.dormouse.checkpoint.engines;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.engines.DmtcpAnswers.Client;
import io.dormouse.checkpoint.engines.DmtcpAnswers.Phase;
import io.dormouse.checkpoint.engines.DmtcpAnswers.Status;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What DMTCP 4.2.0 was seen to print, and how it was seen to end. */
class DmtcpAnswersTest {
  private static final Path IMAGE = Path.of("image");
  private static final String STATUS =
      """
      Coordinator:
        Host: localhost
        Port: 37909
      Status...
        NUM_PEERS=%s
        RUNNING=%s
        CKPT_INTERVAL=0 (checkpoint manually)
      """;
  private static final String LIST =
      """
      Coordinator:
        Host: localhost
        Port: 37909
      Client List:
      #, PROG[virtPID:realPID]@HOST, DMTCP-UNIQUEPID, STATE, BARRIER
      """;

  @Test
  void statusOfAComputation() {
    assertThat(DmtcpAnswers.status(STATUS.formatted("1", "yes")))
        .hasValue(new Status(37909, 1, true));
    assertThat(DmtcpAnswers.status(STATUS.formatted("0", "no")))
        .hasValue(new Status(37909, 0, false));
    assertThat(DmtcpAnswers.status(STATUS.formatted("many", "yes"))).isEmpty();
    assertThat(DmtcpAnswers.status("")).isEmpty();
  }

  @Test
  void processesOfAComputation() {
    String list =
        LIST
            + "1, counter[40000:26886]@vm, 98ff-40000-b62cb78bd5, WorkerState::RUNNING, \n"
            + "3, bash_(forked)[41000:26890]@vm, 98ff-41000-b62cb78c00, WorkerState::CHECKPOINTING, DMT:CHECKPOINT\n"
            // The end of an answer loses its blanks on the way.
            + "4, a [b][42000:7]@vm, 98ff-42000-0, WorkerState::PRESUSPEND,";

    assertThat(DmtcpAnswers.clients(list))
        .containsExactly(
            new Client("counter", 40000, 26886, "98ff-40000-b62cb78bd5", Phase.RUNNING, ""),
            new Client(
                "bash", 41000, 26890, "98ff-41000-b62cb78c00", Phase.STOPPED, "DMT:CHECKPOINT"),
            new Client("a [b]", 42000, 7, "98ff-42000-0", Phase.STOPPING, ""));
    assertThat(DmtcpAnswers.clients(list).get(1).imageName())
        .isEqualTo("ckpt_bash_98ff-41000-b62cb78c00.dmtcp");
    assertThat(DmtcpAnswers.clients(LIST + "\n")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2|Coordinator not found. Please check port and host.|ProcessGone",
        "2|Error, computation not in running state.  Either a checkpoint is|WrongState",
        "99|read invalid message, _magicBits mismatch.  Did DMTCP coordinator die uncleanly?|ProcessGone",
        "99|*** ERROR:  Executable to run w/ DMTCP appears not to be readable,|Unsupported",
        "99|Process uid doesn't match uid of checkpoint image.|NotPermitted",
        "99|writeAll failed during ckpt|DiskFull",
        "99|ERROR: Invalid magic number in this checkpoint file!|BadImage",
        "99|ASSERT_EQ failed; <sizeof(ckptHdr)(4096)> == ...readAll...(100)|BadImage",
        "99|JASSERT(stat(restorename.c_str(), &buf) != -1) failed|BadImage",
        "-1|gzip: stdin: unexpected end of file|BadImage",
        "-1|invalid compressed data--crc error|BadImage",
        "99|JASSERT(sockfd != -1) failed; Connection refused Coordinator not found, but --join was specified. Exiting.|ToolFailed",
        "99|*** Computation not in RESTARTING or CHECKPOINTED state.|ToolFailed",
        "137|Killed|ToolFailed"
      })
  void whatAProgramDiedOf(int exitStatus, String output, String failure) {
    EngineFailure found = DmtcpAnswers.failure("dmtcp", exitStatus, output, IMAGE);

    assertThat(found.getClass().getSimpleName()).isEqualTo(failure);
    assertThat(found.message()).contains("Maybe");
  }

  @Test
  void anExcerptStaysWithoutItsColours() {
    assertThat(DmtcpAnswers.failure("dmtcp_restart", 99, "\u001b[0;31mfailed so\u001b[0m\n", IMAGE))
        .isEqualTo(new EngineFailure.ToolFailed("dmtcp_restart", 99, "failed so"));
  }
}
