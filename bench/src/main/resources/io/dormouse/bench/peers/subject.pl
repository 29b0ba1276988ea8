# A process with much memory, each page of it half random and half text. On SIGUSR1 it writes new
# random halves into a twentieth of its pages. Says in the file of its second argument how often.
# With a third it does something every millisecond, and says there on SIGUSR2 how often it did so,
# and the longest time in seconds since the last time for which it could not; by the one clock that
# goes on while a process is an image.
use strict;
use warnings;
use Time::HiRes qw(clock_gettime CLOCK_REALTIME);

my ($bytes, $said, $gaps) = @ARGV;
my $page  = 4096;
my $half  = $page / 2;
my $pages = $bytes / $page;

open(my $random, '<:raw', '/dev/urandom') or die "no random bytes: $!";

sub random_halves {
    my ($count) = @_;
    my $read = '';
    while (length($read) < $count * $half) {
        sysread($random, $read, $count * $half - length($read), length($read)) or die "no random bytes: $!";
    }
    return $read;
}

sub say_in {
    my ($file, $what) = @_;
    open(my $out, '>', "$file.new") or die "$file: $!";
    print $out $what;
    close($out) or die "$file: $!";
    rename("$file.new", $file) or die "$file: $!";
}

my ($last, $longest, $asked, $told) = (0, 0, 0, 0);

sub tick {
    select(undef, undef, undef, 0.001);
    my $now = clock_gettime(CLOCK_REALTIME);
    $longest = $now - $last if $last && $now - $last > $longest;
    $last = $now;
    return if $asked == $told;
    say_in($gaps, ++$told . " $longest");
    ($last, $longest) = (0, 0);
}

my $text   = substr("the quick brown fox jumps over the lazy dog\n" x 100, 0, $half);
my $memory = "\0" x $bytes;
for (my $first = 0; $first < $pages; $first += 256) {
    my $count = $pages - $first < 256 ? $pages - $first : 256;
    my $halves = random_halves($count);
    for my $i (0 .. $count - 1) {
        substr($memory, ($first + $i) * $page, $page) = substr($halves, $i * $half, $half) . $text;
    }
}

my $changes = 0;
my $wanted  = 0;
$SIG{USR1} = sub { $wanted++ };
$SIG{USR2} = sub { $asked++ };
say_in($said, 0);
while (1) {
    if ($wanted == $changes) {
        $gaps ? tick() : sleep(1);
        next;
    }
    my $count  = int($pages / 20);
    my %chosen;
    $chosen{int(rand($pages))} = 1 while keys(%chosen) < $count;
    for my $i (keys %chosen) {
        substr($memory, $i * $page, $half) = random_halves(1);
    }
    say_in($said, ++$changes);
    $last = 0;
}
