#!/bin/sh
# First process of the test machine: brings up eth0, says on the console how far it is, and gives a shell there.
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
while read -r module; do insmod "/modules/$module.ko"; done </modules/order
ip link set lo up
ip link set eth0 up

behaviour=willing
for word in $(cat /proc/cmdline); do
  case $word in
    # ADDRESS:SERVER:GATEWAY:NETMASK:HOSTNAME:DEVICE:AUTOCONF
    ip=dhcp) udhcpc -i eth0 -f -q -t 100 -T 1 -s /lease && echo "TEST-MACHINE leased" ;;
    ip=*)
      hostname "$(echo "$word" | cut -d: -f5)"
      ifconfig eth0 "$(echo "${word#ip=}" | cut -d: -f1)" netmask "$(echo "$word" | cut -d: -f4)"
      ;;
    test=*) behaviour=${word#test=} ;;
  esac
done

# An echo, and the time since the start again and again.
nc -ll -p 7 -e cat &
nc -ll -p 19 -e sh -c 'while :; do cat /proc/uptime; sleep 0.05; done' &
# The power button runs /etc/acpi/PWRF/00000080.
[ "$behaviour" = deaf ] || acpid

for disk in /sys/block/vd* /sys/block/sr*; do [ -e "$disk" ] && echo "TEST-MACHINE disk ${disk##*/} $(cat "$disk/size")"; done
address=$(ip -4 -o addr show eth0 | sed 's/.*inet \([^ ]*\).*/\1/')
echo "TEST-MACHINE ready address ${address:-none} mtu $(cat /sys/class/net/eth0/mtu) mac $(cat /sys/class/net/eth0/address)"
[ "$behaviour" = spin ] && while :; do :; done &
while :; do setsid cttyhack sh; done
