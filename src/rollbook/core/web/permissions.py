"""Who may look at the kit itself."""

from rollbook.core.permissions.register import register

VIEW_GALLERY = register("core.web.view_gallery", "See the gallery of components", roles=["administrator"])
