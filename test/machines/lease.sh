#!/bin/sh
# What udhcpc runs when it has a lease.
[ "$1" = bound ] && ifconfig eth0 "$ip" netmask "$subnet"
