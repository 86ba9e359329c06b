"""The rules of enrolment, decided from their arguments alone: no database, no clock, no settings."""

from rollbook.systems.college.enrolment.rules.gate import GateVerdict, month1_gate

__all__ = ["GateVerdict", "month1_gate"]
