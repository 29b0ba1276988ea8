#!/usr/bin/perl
# Watches over processes whose pages still come in from an image, served by "criu lazy-pages".
#
# When the last descriptor of a userfaultfd is closed, the kernel fills every page that was not there yet with zeros, and
# nobody is told. So this program holds a duplicate of each that the server has: should the server die, whoever touches a
# missing page waits. Then the missing pages are put in from here; if that can't be done for sure, the processes are killed
# before the duplicates are closed.
#
#   page-warden.pl DIRECTORY IMAGES CGROUP    holds, says "held", and watches until all pages are in or nothing runs;
#                                             begins while the server waits for its processes
#   page-warden.pl --probe                    whether descriptors of another process can be held here
#
# DIRECTORY has server.pid, and "served" with the server's exit status once it has ended. Written there: warden.pid, then
# held, then completed or lost, where the server did not end well; lost before the processes are killed.
use strict;
use warnings;
use Errno qw(EAGAIN EEXIST ENOENT ENOSPC ESRCH);

# The same on all architectures.
use constant { PIDFD_OPEN => 434, PIDFD_GETFD => 438 };
use constant { COPY => 0xc028aa03, UNREGISTER => 0x8010aa01 };
use constant { FAULT => 0x12, FORK => 0x13, REMAP => 0x14, REMOVE => 0x15, UNMAP => 0x16 };
use constant { IN_PARENT => 1, LAZY => 2, PRESENT => 4 };
use constant { PAGE => 4096, CHUNK => 1 << 20, LOG_MAX => 1 << 28, PAUSE_SECONDS => 0.005 };

my ($directory, $images, $cgroup) = @ARGV;
my %held;    # number of the descriptor at the server => handle
my %process; # the same => process as the image numbers it

if (@ARGV == 1 && $directory eq '--probe') {
  exit probe();
}
die "usage: page-warden.pl DIRECTORY IMAGES CGROUP\n" unless @ARGV == 3;
$SIG{$_} = 'IGNORE' for qw(HUP INT TERM PIPE);
note('warden.pid', $$);
my $server = slurp("$directory/server.pid") + 0;
my $pidfd = syscall(PIDFD_OPEN, $server, 0);
my $processes = grep { /^mm-\d+\.img$/ } entries($images);
my $complete = 0;
while (!served() && kill(0, $server)) {
  # The server may be slow to take what it was sent: only what it has can be held.
  my $taken = $complete || received() >= $processes;
  if (hold() && $taken && !$complete) {
    $complete = 1;
    note('held', scalar keys %held);
  }
  pause();
}
# Its status comes a moment after its end, unless whoever was to write it was killed as well.
for (my $i = 0; $i < 200 && !served(); $i++) {
  pause();
}
exit 0 if served() && slurp("$directory/served") + 0 == 0;
if (!$complete || !eval { finish(); 1 }) {
  end_all($@ || "the server ended before its descriptors were held\n");
  exit 1;
}
note('completed', scalar keys %held);
exit 0;

sub pause { select(undef, undef, undef, PAUSE_SECONDS); }

sub served { return -s "$directory/served"; }

sub entries {
  my ($of) = @_;
  opendir(my $all, $of) or return ();
  return readdir $all;
}

sub slurp {
  my ($file) = @_;
  open(my $in, '<:raw', $file) or die "$file: $!\n";
  local $/;
  my $text = <$in>;
  return $text;
}

sub note {
  my ($name, $text) = @_;
  open(my $out, '>', "$directory/.$name") or die "$name: $!\n";
  print $out "$text\n" or die "$name: $!\n";
  close $out or die "$name: $!\n";
  rename("$directory/.$name", "$directory/$name") or die "$name: $!\n";
}

# Duplicates what the server has and we have not; whether all of it could be.
sub hold {
  my @numbers = grep { /^\d+$/ } entries("/proc/$server/fd");
  return 0 unless @numbers;
  for my $number (@numbers) {
    my $target = readlink "/proc/$server/fd/$number";
    next if exists $held{$number} || !defined $target || $target ne 'anon_inode:[userfaultfd]';
    my $handle = duplicate($pidfd, $number) or return 0;
    $held{$number} = $handle;
  }
  return 1;
}

sub duplicate {
  my ($of, $number) = @_;
  my $fd = syscall(PIDFD_GETFD, $of, $number + 0, 0);
  return undef if $fd < 0;
  open(my $handle, '+<&=', $fd) or die "descriptor $fd: $!\n";
  return $handle;
}

# How many processes the server has taken on, after its log.
sub received {
  open(my $in, '<', "$directory/server.log") or return 0;
  while (my $line = <$in>) {
    $process{$2} = $1 if $line =~ /Received PID: (\d+), uffd: (\d+)/;
  }
  return scalar keys %process;
}

# Puts in what the server had not yet.
sub finish {
  my $log = -s "$directory/server.log" || 0;
  die "the server's log of $log bytes is too long to be read\n" if $log > LOG_MAX;
  open(my $in, '<', "$directory/server.log") or die "server.log: $!\n";
  while (my $line = <$in>) {
    # What the server knew of these is gone with it.
    die "memory was moved or copied: $line" if $line =~ /: (REMAP|FORK): /;
  }
  for my $number (sort { $a <=> $b } keys %held) {
    my $pid = $process{$number};
    die "nobody knows whose descriptor $number is\n" unless defined $pid;
    fill($held{$number}, $pid);
  }
}

# All pages of one process. Those that are there stay as they are; those no longer mapped are not wanted.
sub fill {
  my ($uffd, $pid) = @_;
  my ($pages_id, @entries) = pagemap("$images/pagemap-$pid.img");
  open(my $pages, '<:raw', "$images/pages-$pages_id.img") or die "pages-$pages_id.img: $!\n";
  my $offset = 0;
  for my $entry (@entries) {
    my ($address, $count, $flags) = @$entry;
    die "the image builds on another\n" if $flags & IN_PARENT;
    next unless $flags & PRESENT;
    if ($flags & LAZY) {
      put($uffd, $pages, $offset, $address, $count * PAGE) or return;
    }
    $offset += $count * PAGE;
  }
}

# One range; false if the process is gone.
sub put {
  my ($uffd, $pages, $offset, $address, $length) = @_;
  while ($length > 0) {
    my $chunk = $length < CHUNK ? $length : CHUNK;
    my $buffer = '';
    sysseek($pages, $offset, 0) or die "seek: $!\n";
    (sysread($pages, $buffer, $chunk) || 0) == $chunk or die "the image ends early\n";
    put_chunk($uffd, $buffer, $address) or return 0;
    $offset += $chunk;
    $address += $chunk;
    $length -= $chunk;
  }
  return 1;
}

sub put_chunk {
  my ($uffd, $buffer, $address) = @_;
  my $source = unpack('Q', pack('P', $buffer));
  my ($done, $try) = (0, length $buffer);
  while ($done < length $buffer) {
    my $left = length($buffer) - $done;
    $try = $left if $try > $left;
    my $call = pack('QQQQq', $address + $done, $source + $done, $try, 0, 0);
    if (ioctl($uffd, COPY, $call)) {
      $done += $try;
      $try = length $buffer;
      next;
    }
    my ($error, $copied) = ($! + 0, (unpack('QQQQq', $call))[4]);
    return 0 if $error == ESRCH || $error == ENOSPC;
    if ($copied > 0) {
      $done += $copied;
    } elsif ($error == EEXIST || ($error == EAGAIN && $copied == -(EEXIST))) {
      $done += PAGE;
    } elsif ($error == ENOENT && $try > PAGE) {
      # It may lie in several mappings, or partly in none.
      $try = int($try / PAGE / 2) * PAGE || PAGE;
    } elsif ($error == ENOENT) {
      $done += PAGE;
    } elsif ($error == EAGAIN) {
      hear($uffd);
    } else {
      local $! = $error;
      die "page at $address: $!\n";
    }
  }
  hear($uffd);
  return 1;
}

# What happened to the mappings meanwhile; whoever did it waits until it was heard.
sub hear {
  my ($uffd) = @_;
  while (1) {
    my $message = '';
    my $got = sysread($uffd, $message, 32);
    return if !defined $got && $! == EAGAIN;
    die "userfaultfd: $!\n" unless defined $got;
    return if $got == 0;
    my ($event) = unpack('C', $message);
    if ($event == REMOVE) {
      my ($from, $to) = unpack('x8QQ', $message);
      my $range = pack('QQ', $from, $to - $from);
      ioctl($uffd, UNREGISTER, $range) or die "unregister: $!\n";
    } elsif ($event != FAULT && $event != UNMAP) {
      die "memory was moved or copied\n";
    }
  }
}

# Id of the file of pages, then [address, pages, flags] of each entry.
sub pagemap {
  my ($file) = @_;
  my $image = slurp($file);
  my ($common, $magic) = unpack('VV', $image);
  die "$file is no pagemap\n" unless ($common || 0) == 0x54564319 && ($magic || 0) == 0x56084025;
  my ($at, @messages) = (8);
  while ($at + 4 <= length $image) {
    my $size = unpack('V', substr($image, $at, 4));
    die "$file ends early\n" if $at + 4 + $size > length $image;
    push @messages, { fields(substr($image, $at + 4, $size)) };
    $at += 4 + $size;
  }
  my $head = shift @messages or die "$file is empty\n";
  return ($head->{1}, map { [$_->{1}, $_->{5} || $_->{2}, ($_->{4} || 0) | ($_->{3} || 0)] } @messages);
}

# Numbers in a protobuf message, by field.
sub fields {
  my ($message) = @_;
  my ($at, %found) = (0);
  my $varint = sub {
    my ($value, $shift) = (0, 0);
    while (1) {
      die "a number ends early\n" if $at >= length $message || $shift > 63;
      my $byte = ord substr($message, $at++, 1);
      $value |= ($byte & 0x7f) << $shift;
      return $value if $byte < 0x80;
      $shift += 7;
    }
  };
  while ($at < length $message) {
    my $key = $varint->();
    die "a field is no number\n" unless ($key & 7) == 0;
    $found{ $key >> 3 } = $varint->();
  }
  return %found;
}

# Nothing runs when this returns. What is frozen may die only once it is let go, and nobody would let it go who did not
# know that it is lost: that is said first, or as soon as there is space for it.
sub end_all {
  my ($why) = @_;
  my $said = 0;
  my @pids;
  do {
    $said ||= eval { note('lost', $why); 1 };
    @pids = living($cgroup);
    kill 'KILL', @pids;
    pause();
  } while (@pids);
  note('lost', $why) unless $said;
}

sub living {
  my ($group) = @_;
  return () unless -d $group;
  my $procs = eval { slurp("$group/cgroup.procs") } // '';
  my @pids = grep { lives($_) } split /\n/, $procs;
  return (@pids, map { living($_) } grep { -d } map { "$group/$_" } grep { !/^\./ } entries($group));
}

sub lives {
  my ($pid) = @_;
  my $stat = eval { slurp("/proc/$pid/stat") } // return 0;
  return $stat !~ /^\d+ \(.*\) [ZX]/s;
}

sub probe {
  pipe(my $read, my $write) or return 1;
  my $child = fork() // return 1;
  if ($child == 0) {
    close $read;
    select(undef, undef, undef, 10);
    exit 0;
  }
  my $of = syscall(PIDFD_OPEN, $child, 0);
  my $duplicate = $of < 0 ? undef : duplicate($of, fileno $write);
  my $error = "$!";
  kill 'KILL', $child;
  waitpid $child, 0;
  print "pidfd_getfd: $error\n" unless $duplicate;
  return $duplicate ? 0 : 1;
}
