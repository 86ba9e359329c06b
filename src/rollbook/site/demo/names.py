"""Names that could be on the roll of a Philippine college. Nobody is meant."""

import random
from dataclasses import dataclass

FAMILY = """
Abad Aguilar Alcantara Almario Alonzo Andrada Aquino Arellano Austria Bagatsing Balagtas Baltazar
Bautista Bernardo Bonifacio Buenaventura Cabrera Calderon Carpio Castillo Catapang Concepcion Corpuz
Cruz Cuevas Dalisay David Delgado Diaz Dimaculangan Domingo Enriquez Escudero Espino Estrella
Evangelista Fajardo Fernandez Flores Francisco Galang Garcia Gatdula Gonzales Guerrero Hernandez
Ignacio Ilagan Jacinto Javier Lacson Laurel Legaspi Lim Lopez Lualhati Mabini Macapagal Magbanua
Magsaysay Malonzo Manalo Mangubat Marasigan Mendoza Mercado Montemayor Morales Navarro Nepomuceno
Núñez Ocampo Ordoñez Ortega Padilla Pangilinan Panganiban Peñaflor Perez Quiambao Quirino Ramirez
Ramos Reyes Rivera Robles Romualdez Roxas Salazar Salonga Samson Sandoval Santiago Santos Soriano
Sumulong Tañada Tolentino Torres Trinidad Valdez Velasco Villanueva Villareal Yulo Zamora
""".split()
TWO_WORDS = ("De Guzman", "Dela Cruz", "Delos Reyes", "De Leon", "San Juan", "Del Rosario", "Dela Peña")
GIVEN = """
Aileen Alfredo Althea Amihan Andrea Angelica Antonio Arturo Bea Benedict Bianca Camille Carlo
Carmela Cedric Christian Clarissa Danica Daniel Diego Dolores Eduardo Elena Emmanuel Erika Ernesto
Ezekiel Felicidad Fernando Francesca Gabriel Gemma Gerald Glenda Hannah Hazel Ian Ines Isabel Ivan
Jaime Janelle Jasmine Jerome Joaquin Jocelyn Joshua Juan Julia Justine Karen Katrina Kenneth
Kristine Lara Leandro Ligaya Lorenzo Lourdes Luis Luzviminda Marco Maricel Marvin Mateo Melissa
Miguel Mikaela Nathaniel Nicole Noel Olivia Oscar Paolo Patricia Paulo Pilar Rafael Ramon Rebecca
Regina Ricardo Rizalina Roberto Rochelle Rodrigo Rosario Samuel Sofia Stephanie Teresita Tomas
Trisha Vicente Victoria Vincent Yolanda Ysabel Zenaida
""".split()


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody's names."""

    family: str
    given: str


def somebody(chance: random.Random) -> Named:
    """A person's names; some have two given names."""
    family = chance.choice(TWO_WORDS) if chance.random() < 0.12 else chance.choice(FAMILY)
    given = chance.choice(GIVEN)
    if chance.random() < 0.25:
        given = f"{given} {chance.choice(GIVEN)}"
    return Named(family, given)
