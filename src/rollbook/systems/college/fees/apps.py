from django.apps import AppConfig


class FeesConfig(AppConfig):
    name = "rollbook.systems.college.fees"
    label = "college_fees"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare settings, decisions of two people, who opens the plans of a student file, and online payment."""
        from rollbook.shared.gateways.payees import register_payee
        from rollbook.systems.college.fees import decisions, policies, sponsor_papers  # noqa: F401 - a kind of paper
        from rollbook.systems.college.fees.services import online
        from rollbook.systems.college.fees.services.enroller import PlanEnroller
        from rollbook.systems.college.records.importing import use_enroller

        policies.declare_all()
        decisions.register_all()
        use_enroller(PlanEnroller())
        register_payee(online.PURPOSE, online.policy)
