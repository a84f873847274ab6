# The policy creates the bridge: there is nothing to prepare.
