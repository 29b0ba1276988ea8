# A worker for tests: speaks the line protocol, holds memory, counts, appends to its file.
# Arguments: its class, mebibytes to hold. Needs only perl-base.
use strict;
use warnings;
use IO::Handle;
$| = 1;

my ($class, $mebibytes) = @ARGV;
my $ballast = '';
$ballast .= pack('N', $_ * 2654435761 % 4294967296) x 16_384 for 1 .. $mebibytes * 16;
my %seen;
my $counter = 0;
open(my $journal, '>>', 'journal') or die "journal: $!";
$journal->autoflush(1);

sub checksum { return unpack('%32Q*', $ballast) }

sub proof {
  open(my $file, '<', 'journal') or die "journal: $!";
  my ($lines, $sum) = (0, 0);
  while (<$file>) { $lines++; $sum = ($sum * 31 + unpack('%32C*', $_)) % 4294967296; }
  return "$lines $sum";
}

print 'READY ', checksum(), " 0\n";
while (my $line = <STDIN>) {
  chomp $line;
  if ($line =~ /^TASK (\S+)/) {
    my $id = $1;
    if (!$seen{$id}++) { $counter++; print $journal "$counter $id\n"; }
    print "DONE $id $counter $class\n";
  } elsif ($line =~ /^PROVE (\S+)/) {
    print "PROOF $1 $counter ", checksum(), ' ', proof(), "\n";
  }
}
