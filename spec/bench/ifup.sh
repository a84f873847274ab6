#!/bin/sh
ip link set "$1" master br0
ip link set "$1" up
