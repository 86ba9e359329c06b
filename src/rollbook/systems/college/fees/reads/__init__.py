"""Reads shaped for the screens: the counter, takings, collections, queues. They ask and add up, they decide nothing."""
