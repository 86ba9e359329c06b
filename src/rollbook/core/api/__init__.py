"""How an endpoint is made: who may call it, how it answers, how it refuses."""
