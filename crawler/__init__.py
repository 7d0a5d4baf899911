"""The program that runs: visits sources, keeps what they answered, tells what changed."""

__version__ = "0.1.0"
