package io.dormouse.checkpoint.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dormouse.checkpoint.agentapi.Received;
import io.dormouse.checkpoint.agentapi.ThinConnection;
import io.dormouse.checkpoint.agentapi.proto.EndReason;
import io.dormouse.checkpoint.agentapi.proto.Ended;
import io.dormouse.checkpoint.agentapi.proto.Refused;
import io.dormouse.checkpoint.agentapi.proto.Started;
import io.dormouse.checkpoint.agentapi.proto.ThinReply;
import io.dormouse.checkpoint.agentapi.proto.ThinRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A session against an agent and an instance that the test plays. */
class InstanceSessionTest {
  private static final String HELLO = "DORMOUSE i gen-1 secret-secret-16";

  @TempDir Path folder;
  private ServerSocketChannel agent;
  private ServerSocket master;

  @BeforeEach
  void open() throws Exception {
    agent = listen();
    master = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    for (String fifo : List.of("in", "out")) {
      Process mkfifo = new ProcessBuilder("mkfifo", folder.resolve(fifo).toString()).start();
      assertThat(mkfifo.waitFor()).isZero();
    }
    Files.createFile(folder.resolve("err"));
  }

  @AfterEach
  void close() throws IOException {
    agent.close();
    master.close();
  }

  @Test
  void relaysBothWaysAndLosesNothingAtTheEnd() throws Exception {
    CompletableFuture<Integer> exit = start(run());
    ThinConnection link = accept();
    assertThat(request(link).getRun().getArgvList()).containsExactly("/bin/worker");
    try (RandomAccessFile stdin = fifo("in");
        RandomAccessFile stdout = fifo("out")) {
      link.send(started());
      try (Socket socket = master.accept()) {
        BufferedReader reader = reader(socket);
        assertThat(reader.readLine()).isEqualTo(HELLO);
        socket.getOutputStream().write("question\n".getBytes(StandardCharsets.UTF_8));
        assertThat(stdin.readLine()).isEqualTo("question");
        stdout.write("answer\n".getBytes(StandardCharsets.UTF_8));
        assertThat(reader.readLine()).isEqualTo("answer");

        stdout.write(("x".repeat(50_000) + "\n").getBytes(StandardCharsets.UTF_8));
        stdout.getChannel().close();
        link.send(ended(EndReason.EXITED, 3));
        assertThat(reader.readLine()).hasSize(50_000);
        assertThat(reader.readLine()).isNull();
      }
    }
    assertThat(exit.get(20, TimeUnit.SECONDS)).isEqualTo(3);
  }

  @Test
  void exitCodesTellHowItEnded() throws Exception {
    for (Map.Entry<ThinReply, Integer> expected :
        Map.of(
                ended(EndReason.HIBERNATED, 0), ExitCodes.HIBERNATED,
                ended(EndReason.LOST, 137), ExitCodes.LOST,
                ended(EndReason.TERMINATED, 137), 137,
                ended(EndReason.EXITED, 80), ExitCodes.FAILED,
                ThinReply.newBuilder().setRefused(Refused.getDefaultInstance()).build(),
                    ExitCodes.REFUSED)
            .entrySet()) {
      CompletableFuture<Integer> exit = start(attach());
      ThinConnection link = accept();
      assertThat(request(link).hasAttach()).isTrue();
      link.send(expected.getKey());

      assertThat(exit.get(20, TimeUnit.SECONDS)).isEqualTo(expected.getValue());
    }
  }

  @Test
  void aRestartedAgentIsAskedForTheSession() throws Exception {
    CompletableFuture<Integer> exit = start(run());
    ThinConnection link = accept();
    assertThat(request(link).hasRun()).isTrue();
    link.send(started());
    try (Socket socket = master.accept();
        RandomAccessFile stdout = fifo("out")) {
      BufferedReader reader = reader(socket);
      assertThat(reader.readLine()).isEqualTo(HELLO);
      agent.close();
      link.close();
      Files.delete(folder.resolve("s"));
      agent = listen();

      ThinConnection again = accept();
      ThinRequest request = request(again);
      assertThat(request.getAttach().getReclaim()).isTrue();
      assertThat(request.getAttach().getContainer()).isEqualTo("c");
      again.send(started());
      stdout.write("still here\n".getBytes(StandardCharsets.UTF_8));
      assertThat(reader.readLine()).isEqualTo("still here");
      again.send(ended(EndReason.HIBERNATED, 0));
    }
    assertThat(exit.get(20, TimeUnit.SECONDS)).isEqualTo(ExitCodes.HIBERNATED);
  }

  @Test
  void anAgentThatStaysAwayIsUnreachable() throws Exception {
    CompletableFuture<Integer> exit = start(run());
    ThinConnection link = accept();
    agent.close();
    link.close();

    assertThat(exit.get(20, TimeUnit.SECONDS)).isEqualTo(ExitCodes.UNREACHABLE);
  }

  @Test
  void anAgentThatBreaksEveryConnectionIsNotAskedWithoutAPause() throws Exception {
    CompletableFuture<Integer> exit = start(run());
    int tries = 0;
    while (!exit.isDone() && tries < 100) {
      agent.configureBlocking(false);
      SocketChannel channel = agent.accept();
      if (channel != null) {
        try (ThinConnection link = new ThinConnection(channel)) {
          request(link);
          tries++;
        }
      }
    }

    assertThat(tries).isBetween(2, 10);
    assertThat(exit.get(20, TimeUnit.SECONDS)).isEqualTo(ExitCodes.UNREACHABLE);
  }

  @Test
  void anInstanceWhoseMasterIsGoneIsEnded() throws Exception {
    CompletableFuture<Integer> exit = start(run());
    ThinConnection link = accept();
    assertThat(request(link).hasRun()).isTrue();
    link.send(started());
    master.accept().close();

    ThinConnection second = accept();
    assertThat(request(second).getEnd().getInstance()).isEqualTo("i");
    second.send(ended(EndReason.TERMINATED, 137));
    link.send(ended(EndReason.TERMINATED, 137));
    assertThat(exit.get(20, TimeUnit.SECONDS)).isEqualTo(137);
  }

  @Test
  void aMasterThatDoesNotListenFailsTheLauncher() throws Exception {
    CompletableFuture<Integer> exit = start(run());
    ThinConnection link = accept();
    master.close();
    link.send(started());

    assertThat(exit.get(20, TimeUnit.SECONDS)).isEqualTo(ExitCodes.FAILED);
    await().until(() -> link.receiveRequest() != null);
  }

  private ServerSocketChannel listen() throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listener.bind(UnixDomainSocketAddress.of(folder.resolve("s")));
    return listener;
  }

  private ThinConnection accept() throws IOException {
    return new ThinConnection(agent.accept());
  }

  private static ThinRequest request(ThinConnection link) throws IOException {
    return ((Received.Message<ThinRequest>) link.receiveRequest()).value();
  }

  private RandomAccessFile fifo(String name) throws IOException {
    return new RandomAccessFile(folder.resolve(name).toFile(), "rw");
  }

  private static BufferedReader reader(Socket socket) throws IOException {
    return new BufferedReader(
        new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
  }

  private Command.Session run() {
    return new Command.Run(
        folder.resolve("s"), "i", "c", 0, Map.of(), List.of("/bin/worker"), stdio());
  }

  private Command.Session attach() {
    return new Command.Attach(folder.resolve("s"), "i", "c", 0, stdio());
  }

  private Command.Stdio stdio() {
    return new Command.Stdio.Tcp("127.0.0.1", master.getLocalPort(), "secret-secret-16");
  }

  private static CompletableFuture<Integer> start(Command.Session command) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return new InstanceSession(command, 1_000).run();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private ThinReply started() {
    return ThinReply.newBuilder()
        .setStarted(
            Started.newBuilder()
                .setGeneration("gen-1")
                .setStdinPath(folder.resolve("in").toString())
                .setStdoutPath(folder.resolve("out").toString())
                .setStderrPath(folder.resolve("err").toString()))
        .build();
  }

  private static ThinReply ended(EndReason reason, int code) {
    return ThinReply.newBuilder()
        .setEnded(Ended.newBuilder().setReason(reason).setExitCode(code).setDetail("as told"))
        .build();
  }
}
