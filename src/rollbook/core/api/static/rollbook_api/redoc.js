// Shows the description of the API for reading.
const place = document.getElementById("redoc");
Redoc.init(place.dataset.openapi, { hideDownloadButton: false, disableSearch: false }, place);
