import sys
from pathlib import Path

PROJECT = Path(__file__).parent.parent
# As where the jobs run: the folder of the started file is on the path.
sys.path.insert(0, str(PROJECT / "src" / "diabetes"))
