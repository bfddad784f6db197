"""Ways to unlock the vault besides passphrase and recovery code: the key store of the computer; a second factor."""
