# A counter over HTTP for tests: the n-th new request is answered with n. A request says which number it expects: the
# last one again, where its answer got lost, is answered again; a later one would mean that a number was lost here.
# With each answer it looks at another of its mebibytes.
# It keeps its state in memory and in a file, which must agree. Arguments: port, mebibytes to hold. Needs only perl-base.
use strict;
use warnings;
use IO::Socket::INET;
use Socket;

my ($port, $mebibytes) = @ARGV;
my $ballast = '';
$ballast .= pack('N', $_ * 2654435761 % 4294967296) x 16_384 for 1 .. $mebibytes * 16;
my @sums = map { sum($_) } 0 .. $mebibytes - 1;
my $server = IO::Socket::INET->new(LocalAddr => '0.0.0.0', LocalPort => $port, Listen => 64, ReuseAddr => 1)
  or die "listen: $!";
my $number = 0;
open(my $file, '+>', 'number') or die "number: $!";
$file->autoflush(1);
store();

sub sum { return unpack('%32Q*', substr($ballast, $_[0] << 20, 1 << 20)) }
sub store { seek($file, 0, 0); printf $file '%012d', $number }
sub stored { seek($file, 0, 0); read($file, my $text, 12); return $text + 0 }

sub answer {
  my ($expected) = @_;
  return (500, 'file ' . stored() . " memory $number") if stored() != $number;
  my $part = $expected % $mebibytes;
  return (500, "ballast $part") if sum($part) != $sums[$part];
  if ($expected == $number + 1) { $number++; store(); }
  return (409, "lost: at $number") if $expected > $number;
  return (410, "old: at $number") if $expected < $number;
  return (200, $number);
}

while (1) {
  my $client = $server->accept or next;
  # A client behind a cut line must not hold up the others.
  setsockopt($client, SOL_SOCKET, SO_RCVTIMEO, pack('l!l!', 1, 0));
  my $request = '';
  while ($request !~ /\r\n\r\n/) { sysread($client, $request, 4096, length $request) or last; }
  if ($request =~ m{^GET /(\d+) }) {
    my ($code, $body) = answer($1);
    syswrite($client, "HTTP/1.1 $code Counted\r\nConnection: close\r\nContent-Length: " . length($body) . "\r\n\r\n$body");
  } elsif ($request =~ m{^OPTIONS }) {
    syswrite($client, "HTTP/1.1 200 Here\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  }
  close($client);
}
