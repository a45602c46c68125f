import unittest
from datetime import datetime

from tides import next_high


class NextHigh(unittest.TestCase):
    def test_the_one_after_now(self):
        last = datetime(2022, 3, 1, 4, 10)
        self.assertEqual(next_high(last, last), datetime(2022, 3, 1, 16, 35))


if __name__ == "__main__":
    unittest.main()
