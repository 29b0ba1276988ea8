package io.dormouse.checkpoint.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class DmtcpAreasTest {
  private static final int PAGE = DmtcpAreas.PAGE_BYTES;
  private static final long ANONYMOUS = 0x22;
  private static final long FILE = 0x02;

  /** An area of an image; {@code fileBytes} as DMTCP says, -1 where there is no file. */
  record Area(int pages, long flags, long properties, long fileBytes) {
    byte[] header(long address) {
      ByteBuffer header = ByteBuffer.allocate(PAGE).order(ByteOrder.LITTLE_ENDIAN);
      long size = (long) pages * PAGE;
      header.putLong(0, address).putLong(8, address + size).putLong(16, size);
      return header.putLong(40, flags).putLong(72, fileBytes).putLong(80, properties).array();
    }

    int bytes() {
      return (properties & 3) != 0 ? 0 : fileBytes > 0 ? (int) fileBytes : pages * PAGE;
    }
  }

  @Provide
  Arbitrary<List<Area>> areas() {
    Arbitrary<Integer> pages = Arbitraries.integers().between(1, 20);
    Arbitrary<Area> parent = pages.map(n -> new Area(n, ANONYMOUS, 2, -1));
    Arbitrary<Area> zeros = pages.map(n -> new Area(n, ANONYMOUS, 5, -1));
    Arbitrary<Area> child = pages.map(n -> new Area(n, ANONYMOUS, 4, -1));
    Arbitrary<Area> file =
        Combinators.combine(pages, Arbitraries.integers().between(0, PAGE - 1))
            .as((n, missing) -> new Area(n, FILE, 0, (long) n * PAGE - missing));
    return Arbitraries.oneOf(parent, zeros, child, file).list().ofMaxSize(12);
  }

  private static byte[] image(List<Area> areas, long seed) throws IOException {
    Random random = new Random(seed);
    ByteArrayOutputStream image = new ByteArrayOutputStream();
    byte[] prefix =
        Arrays.copyOf("DMTCP_CHECKPOINT_IMAGE_v4.0\n".getBytes(StandardCharsets.US_ASCII), PAGE);
    image.write(prefix);
    image.write(prefix);
    long address = 0x5600_0000_0000L;
    for (Area area : areas) {
      image.write(area.header(address));
      byte[] data = new byte[area.bytes()];
      random.nextBytes(data);
      image.write(data);
      address += 1L << 32;
    }
    image.write(ByteBuffer.allocate(PAGE).order(ByteOrder.LITTLE_ENDIAN).putLong(16, -1).array());
    return image.toByteArray();
  }

  private record Cut(byte[] heads, byte[] pages) {
    static Cut of(byte[] image) throws IOException {
      ByteArrayOutputStream heads = new ByteArrayOutputStream();
      ByteArrayOutputStream pages = new ByteArrayOutputStream();
      DmtcpAreas.Sizes sizes = new DmtcpAreas().cut(new ByteArrayInputStream(image), heads, pages);
      assertThat(sizes).isEqualTo(new DmtcpAreas.Sizes(heads.size(), pages.size()));
      return new Cut(heads.toByteArray(), pages.toByteArray());
    }

    byte[] joined() throws IOException {
      ByteArrayOutputStream image = new ByteArrayOutputStream();
      new DmtcpAreas()
          .join(new ByteArrayInputStream(heads), new ByteArrayInputStream(pages), image);
      return image.toByteArray();
    }
  }

  @Property(tries = 200)
  void cutAndJoinedAnImageIsTheSame(@ForAll("areas") List<Area> areas, @ForAll long seed)
      throws IOException {
    byte[] image = image(areas, seed);
    Cut cut = Cut.of(image);

    assertThat(cut.heads().length % PAGE).isZero();
    assertThat(cut.pages().length % PAGE).isZero();
    assertThat(cut.joined()).isEqualTo(image);
  }

  @Property(tries = 200)
  void aFileOfOddLengthShiftsNothingBehindIt(@ForAll("areas") List<Area> areas, @ForAll long seed)
      throws IOException {
    byte[] pages = Cut.of(image(areas, seed)).pages();
    Random random = new Random(seed);
    int place = 0;
    for (Area area : areas) {
      byte[] data = new byte[area.bytes()];
      random.nextBytes(data);
      assertThat(Arrays.copyOfRange(pages, place, place + data.length)).isEqualTo(data);
      place += (data.length + PAGE - 1) / PAGE * PAGE;
    }
    assertThat(place).isEqualTo(pages.length);
  }

  @Property(tries = 200)
  void aPartOfAnImageIsNone(
      @ForAll("areas") List<Area> areas, @ForAll long seed, @ForAll Random cutter)
      throws IOException {
    byte[] image = image(areas, seed);
    byte[] part = Arrays.copyOf(image, cutter.nextInt(image.length));

    assertThatThrownBy(() -> Cut.of(part)).isInstanceOf(IOException.class);
  }

  @Property(tries = 100)
  void pagesThatDoNotFitAreRefused(@ForAll("areas") List<Area> areas, @ForAll long seed)
      throws IOException {
    Cut cut = Cut.of(image(areas, seed));
    Cut longer = new Cut(cut.heads(), Arrays.copyOf(cut.pages(), cut.pages().length + PAGE));
    Cut more = new Cut(Arrays.copyOf(cut.heads(), cut.heads().length + PAGE), cut.pages());

    assertThatThrownBy(longer::joined).isInstanceOf(DmtcpAreas.BadAreasException.class);
    assertThatThrownBy(more::joined).isInstanceOf(DmtcpAreas.BadAreasException.class);
  }

  @Property(tries = 100)
  void whatIsNoAreaIsRefused(@ForAll long address, @ForAll long end, @ForAll long size)
      throws IOException {
    byte[] image = image(List.of(), 1);
    ByteBuffer header = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(2 * PAGE, address | 1).putLong(2 * PAGE + 8, end).putLong(2 * PAGE + 16, size);

    assertThatThrownBy(() -> Cut.of(image)).isInstanceOf(IOException.class);
  }
}
