"""A mandate (代表资格): from the election of a person to the day it ends."""
