"""Example congresses: data, the script it makes, and the loader that enters it as people would.

`acts` is what a script consists of; `founding`, `suggesting`, `listening` and `teaching` write the
acts of one field each, `script` joins them in order: all of them pure. `entering` sends one act
through the gateway's own door, `notes` keeps how far a folder came, `loading` does it all.
"""
