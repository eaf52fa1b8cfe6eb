namespace NeuralNetFromScratch.Tables;

/// <summary>The types of the fields of a structure, as the Parquet format defines them (parquet.thrift). Fields that are not listed may have any type.</summary>
internal sealed class ThriftLayout
{
    private const char Integers = 'i', Texts = 't', Structures = 's', ListOf = '*';

    private static readonly ThriftLayout _statistics = new("1t 2t 3i 4i 5t 6t 7b 8b");

    private static readonly ThriftLayout _keyValue = new("1t 2t");

    private static readonly ThriftLayout _timeUnit = new("1s 2s 3s", new(""), new(""), new(""));

    private static readonly ThriftLayout _logicalType = new(
        "1s 2s 3s 4s 5s 6s 7s 8s 10s 11s 12s 13s 14s 15s 16s 17s 18s", new(""), new(""), new(""), new(""), new("1i 2i"), new(""), new("1b 2s", _timeUnit), new("1b 2s", _timeUnit), new("1y 2b"), new(""), new(""),
        new(""), new(""), new(""), new("1y"), new("1t"), new("1t 2i"));

    private static readonly ThriftLayout _cipher = new("1t 2t 3b");

    private static readonly ThriftLayout _column = new(
        "1i 2*i 3*t 4i 5i 6i 7i 8*s 9i 10i 11i 12s 13*s 14i 15i 16s 17s", _keyValue, _statistics, new("1i 2i 3i"), new("1i 2*i 3*i"), new("2*i"));

    private readonly Dictionary<int, (string Type, ThriftLayout? Structure)> _fields = [];

    /// <summary>
    /// Creates a layout from a list of field numbers and types: i for an integer, y for a byte, b for a Boolean value, t for a text, s for a structure. A * before
    /// the type denotes a list of such elements.
    /// </summary>
    private ThriftLayout(string fields, params ReadOnlySpan<ThriftLayout> structures)
    {
        int next = 0;
        foreach (string field in fields.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string type = field.TrimStart("0123456789".ToCharArray());
            _fields.Add(int.Parse(field[..^type.Length], System.Globalization.CultureInfo.InvariantCulture), (type, type[^1] == Structures ? structures[next++] : null));
        }
    }

    /// <summary>The field of a <see cref="SchemaElement"/> that contains the number of children.</summary>
    public const int ChildrenField = 5;

    /// <summary>A node of the schema's tree.</summary>
    public static ThriftLayout SchemaElement { get; } = new("1i 2i 3i 4t 5i 6i 7i 8i 9i 10s", _logicalType);

    /// <summary>The footer.</summary>
    public static ThriftLayout Footer { get; } = new(
        "1i 2*s 3i 4*s 5*s 6t 7*s 8s 9t",
        SchemaElement,
        new("1*s 2i 3i 4*s 5i 6i 7i", new("1t 2i 3s 4i 5i 6i 7i 8s 9t", _column, new("1s 2s", new(""), new("1*t 2t"))), new("1i 2b 3b")),
        _keyValue,
        new("1s", new ThriftLayout("")),
        new("1s 2s", _cipher, _cipher));

    /// <summary>The header of a page.</summary>
    public static ThriftLayout Page { get; } = new(
        "1i 2i 3i 4i 5s 6s 7s 8s", new("1i 2i 3i 4i 5s", _statistics), new(""), new("1i 2i 3b"), new("1i 2i 3i 4i 5i 6i 7b 8s", _statistics));

    /// <summary>
    /// Checks the type of a field, and returns the layout of the structure in the field or in the elements of its list; null if there is no structure.
    /// </summary>
    /// <param name="field">The number of the field.</param>
    /// <param name="isList">Whether the file has a list in this field.</param>
    /// <param name="type">The type in the file: that of the field, or of the elements of the list. Integers of any width have the same type.</param>
    /// <exception cref="InvalidDataException">The field has another type.</exception>
    public ThriftLayout? Check(int field, bool isList, ThriftType type)
    {
        if (!_fields.TryGetValue(field, out (string Type, ThriftLayout? Structure) expected))
            return null;
        bool fits = (expected.Type[0] == ListOf) == isList && type == expected.Type[^1] switch
        {
            Integers => ThriftType.Integer,
            Texts => ThriftType.Text,
            Structures => ThriftType.Structure,
            'y' => ThriftType.Byte,
            _ => ThriftType.Boolean,
        };
        return fits ? expected.Structure : throw new InvalidDataException($"field {field} of a structure has the wrong type");
    }
}

/// <summary>Types of values in the compact protocol of Thrift. Types with the same encoding are combined.</summary>
internal enum ThriftType
{
    /// <summary>A floating-point number, a map, a UUID, or an invalid type.</summary>
    Other,
    Boolean,
    Byte,
    Integer,
    Text,
    List,
    Structure,
}
