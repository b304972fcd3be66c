#!/usr/bin/perl
# Real packets for the kernel tests: node has no raw sockets, and perl is part of every Debian.
#   packets.pl sniff                             one line a packet that comes in: SRC DST PROTO SPORT DPORT PAYLOAD
#   packets.pl udp SRC SPORT DST DPORT TEXT [N]  N datagrams, each from the next source port
#   packets.pl flood SRC DST DPORT TEXT          a datagram from a new port each millisecond, until it is ended
#   packets.pl raw PROTO FLAGS SRC DST DPORT TEXT  one IPv4 packet: tcp with flags (FA, A, FPU, S), icmp echo, gre
#   packets.pl echo                              UDP and TCP on port 7 of every address: answers with the source it saw
#   packets.pl talk PROTO SRC DST DPORT          for each line on stdin sends and prints the answer, or `none` or `closed`
use strict; use warnings; use Socket qw(:all); use IO::Select;
$| = 1; $SIG{PIPE} = 'IGNORE';
my ($what, @a) = @ARGV;

sub family { $_[0] =~ /:/ ? AF_INET6 : AF_INET }
sub at { my ($h, $p) = @_; family($h) == AF_INET ? pack_sockaddr_in($p, inet_pton(AF_INET, $h)) : pack_sockaddr_in6($p, inet_pton(AF_INET6, $h)) }
sub who { my $s = shift; if (sockaddr_family($s) == AF_INET) { my ($p, $h) = unpack_sockaddr_in($s); return inet_ntop(AF_INET, $h) . " $p" } my ($p, $h) = unpack_sockaddr_in6($s); return inet_ntop(AF_INET6, $h) . " $p" }
sub sum { my $d = shift; $d .= "\0" if length($d) % 2; my $s = 0; $s += $_ for unpack('n*', $d); $s = ($s >> 16) + ($s & 0xffff) while $s >> 16; return ~$s & 0xffff }

if ($what eq 'sniff') {
  socket(my $s, 17, SOCK_DGRAM, unpack('S', pack('n', 3))) or die "sniff: $!";
  print "ready\n";
  while (defined(my $from = recv($s, my $d, 65535, 0))) {
    next if (unpack('x10 C', $from)) == 4; # PACKET_OUTGOING
    my ($v) = unpack('C', $d); my ($src, $dst, $proto, $l4);
    if ($v >> 4 == 4) { ($proto, $src, $dst) = unpack('x9 C x2 a4 a4', $d); $src = inet_ntop(AF_INET, $src); $dst = inet_ntop(AF_INET, $dst); $l4 = substr($d, ($v & 15) * 4) }
    elsif ($v >> 4 == 6) { ($proto, $src, $dst) = unpack('x6 C x a16 a16', $d); $src = inet_ntop(AF_INET6, $src); $dst = inet_ntop(AF_INET6, $dst); $l4 = substr($d, 40) }
    else { next }
    my ($sp, $dp, $text) = (0, 0, $l4);
    if ($proto == 17) { ($sp, $dp) = unpack('nn', $l4); $text = substr($l4, 8) }
    elsif ($proto == 6) { ($sp, $dp, my $off) = unpack('nn x8 C', $l4); $text = substr($l4, ($off >> 4) * 4) }
    elsif ($proto == 1) { $text = substr($l4, 8) }
    elsif ($proto == 47) { $text = substr($l4, 4) }
    $text =~ s/[^ -~]//g; $text =~ s/ /_/g;
    print "$src $dst $proto $sp $dp $text\n";
  }
} elsif ($what eq 'udp') {
  my ($src, $sport, $dst, $dport, $text, $n) = @a;
  for my $i (0 .. ($n // 1) - 1) {
    socket(my $s, family($src), SOCK_DGRAM, 0) or die "socket: $!";
    bind($s, at($src, $sport ? $sport + $i : 0)) or die "bind $src: $!";
    send($s, $n ? "$text-$i" : $text, 0, at($dst, $dport));
  }
} elsif ($what eq 'flood') {
  my ($src, $dst, $dport, $text) = @a;
  print "ready\n";
  for (my $i = 0;; $i++) {
    socket(my $s, family($src), SOCK_DGRAM, 0) or die "socket: $!";
    bind($s, at($src, 20000 + $i % 40000)) or die "bind $src: $!";
    send($s, "$text-$i", 0, at($dst, $dport));
    select(undef, undef, undef, 0.001);
  }
} elsif ($what eq 'raw') {
  my ($proto, $flags, $src, $dst, $dport, $text) = @a;
  my ($s4, $d4) = map { inet_pton(AF_INET, $_) } $src, $dst;
  my %number = (icmp => 1, tcp => 6, gre => 47);
  my $l4;
  if ($proto eq 'icmp') { $l4 = pack('CCnnn', 8, 0, 0, $dport, 1) . $text; substr($l4, 2, 2) = pack('n', sum($l4)) }
  elsif ($proto eq 'gre') { $l4 = pack('nn', 0, 0x0800) . $text }
  else {
    my $bits = 0; my %bit = (F => 1, S => 2, R => 4, P => 8, A => 16, U => 32); $bits |= $bit{$_} for split //, $flags;
    $l4 = pack('nnNNCCnnn', 34567, $dport, 1000, 2000, 0x50, $bits, 8192, 0, 0) . $text;
    substr($l4, 16, 2) = pack('n', sum($s4 . $d4 . pack('CCn', 0, 6, length $l4) . $l4));
  }
  socket(my $s, AF_INET, SOCK_RAW, 255) or die "raw: $!";
  my $ip = pack('CCnnnCCna4a4', 0x45, 0, 20 + length $l4, 4242, 0, 64, $number{$proto}, 0, $s4, $d4);
  send($s, $ip . $l4, 0, at($dst, 0)) or die "send: $!";
} elsif ($what eq 'echo') {
  my $sel = IO::Select->new; my (%tcp, %lis);
  my @addresses = map { /inet6? ([0-9a-f.:]+)/ ? $1 : () } grep { !/scope link/ } `ip -o addr`;
  for my $h (@addresses) {
    socket(my $u, family($h), SOCK_DGRAM, 0); bind($u, at($h, 7)) or die "bind $h: $!"; $sel->add($u);
    socket(my $t, family($h), SOCK_STREAM, 0); setsockopt($t, SOL_SOCKET, SO_REUSEADDR, 1); bind($t, at($h, 7)) or die "bind $h: $!"; listen($t, 50); $lis{fileno $t} = 1; $sel->add($t);
  }
  print "ready\n";
  while (my @r = $sel->can_read) {
    for my $s (@r) {
      if ($lis{fileno $s}) { my $p = accept(my $c, $s) or next; $tcp{fileno $c} = $p; $sel->add($c) }
      elsif (my $p = $tcp{fileno $s}) { my $n = sysread($s, my $d, 999); if (!$n) { delete $tcp{fileno $s}; $sel->remove($s); close $s } else { syswrite($s, who($p) . "\n") } }
      else { my $p = recv($s, my $d, 999, 0); send($s, who($p) . "\n", 0, $p) if defined $p }
    }
  }
} elsif ($what eq 'talk') {
  my ($proto, $src, $dst, $dport) = @a;
  socket(my $s, family($src), $proto eq 'tcp' ? SOCK_STREAM : SOCK_DGRAM, 0) or die; bind($s, at($src, 0)) or die "bind $src: $!";
  connect($s, at($dst, $dport)) or do { print "closed\n"; exit };
  print "ready\n";
  while (my $line = <STDIN>) {
    if (!defined syswrite($s, $line)) { print "closed\n"; next }
    if (!IO::Select->new($s)->can_read(1.5)) { print "none\n"; next }
    my $n = sysread($s, my $d, 999); print $n ? $d : "closed\n";
  }
}
