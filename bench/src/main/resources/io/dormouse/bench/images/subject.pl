# A process with much memory, each page of it half random and half text. On SIGUSR1 it writes new
# random halves into a twentieth of its pages. Says in the file of its second argument how often.
use strict;
use warnings;

my ($bytes, $said) = @ARGV;
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

sub say_it {
    my ($changes) = @_;
    open(my $out, '>', "$said.new") or die "$said: $!";
    print $out $changes;
    close($out) or die "$said: $!";
    rename("$said.new", $said) or die "$said: $!";
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
say_it(0);
while (1) {
    sleep(1) if $wanted == $changes;
    next if $wanted == $changes;
    my $count  = int($pages / 20);
    my %chosen;
    $chosen{int(rand($pages))} = 1 while keys(%chosen) < $count;
    for my $i (keys %chosen) {
        substr($memory, $i * $page, $half) = random_halves(1);
    }
    say_it(++$changes);
}
