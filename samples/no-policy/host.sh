# A tap that somebody else made: without a policy moontap only looks that it is there.
ip tuntap add dev plain0 mode tap user 1000 vnet_hdr
ip link set plain0 address fe:54:00:10:00:07
