namespace NeuralNetFromScratch.Tables;

/// <summary>
/// Validates a structure in the compact protocol of Thrift without building it. The footer of a Parquet file and the headers of its pages are such structures. A
/// structure that is nested too deeply, or whose length exceeds the number of remaining bytes, is rejected before another reader parses it.
/// </summary>
/// <param name="stream">The stream, which is read from its current position.</param>
/// <param name="end">The position at which the data end.</param>
internal sealed class ThriftWalk(Stream stream, long end)
{
    private const int MostLevels = 32, MostVarintBytes = 10;

    private const int False = 2, Byte = 3, Int64 = 6, Double = 7, Binary = 8, List = 9, Set = 10, Map = 11, Struct = 12, Uuid = 13;

    private readonly Dictionary<(int Outer, int Inner), long> _numbers = [];

    /// <summary>The numbers of children of schema elements that have not been read yet, and their levels.</summary>
    private readonly Stack<(int Left, int Level)> _schema = new([(1, 0)]);

    /// <summary>
    /// The value of an integer field of the structure or the length of a list, by the number of the field. With two numbers: the value of an integer field of an
    /// inner structure, by the number of the field that contains the structure and the number of the field in it. Null if there is no such field.
    /// </summary>
    public long? this[int outer, int inner = 0] => _numbers.TryGetValue((outer, inner), out long number) ? number : null;

    /// <summary>Whether the schema of a footer has as many elements as it announces.</summary>
    public bool IsSchemaComplete => _schema.Count == 0;

    /// <summary>Validates one structure.</summary>
    /// <param name="layout">The types of its fields.</param>
    /// <exception cref="InvalidDataException">The structure is malformed.</exception>
    public void Read(ThriftLayout layout) => ReadStruct(layout, 0, 0);

    /// <summary>Reads a number in a variable-length encoding with seven bits in each byte.</summary>
    /// <exception cref="InvalidDataException">The data end before the number is complete, or it has too many bytes.</exception>
    public ulong ReadVarint()
    {
        ulong value = 0;
        for (int i = 0; i < MostVarintBytes; i++)
        {
            int next = ReadByte();
            value |= (ulong)(next & 127) << 7 * i;
            if (next < 128)
                return value;
        }

        throw new InvalidDataException($"a number has more than {MostVarintBytes} bytes");
    }

    private void ReadStruct(ThriftLayout? layout, int level, int outer)
    {
        int children = 0;
        if (level > MostLevels)
            throw new InvalidDataException($"structures nest more than {MostLevels} levels deep");
        int field = 0;
        for (int header = ReadByte(); header != 0; header = ReadByte())
        {
            if ((header & 15) == 0)
                throw new InvalidDataException("a field has no type");
            field = header >> 4 == 0 ? (int)ReadNumber() : field + (header >> 4);
            int type = header & 15;
            ThriftLayout? inner = type is List or Set ? null : layout?.Check(field, isList: false, Kind(type));
            if (type is >= Byte and <= Int64)
            {
                long number = type == Byte ? ReadByte() : ReadNumber();
                Keep(level, outer, field, number);
                children = field == ThriftLayout.ChildrenField ? (int)number : children;
            }
            else if (type is List or Set)
                SkipList(layout, level, field);
            else if (type > False)
                Skip(type, inner, level, field);
        }

        if (ReferenceEquals(layout, ThriftLayout.SchemaElement))
            AddSchemaElement(children);
    }

    /// <summary>Adds an element of the schema. The elements are the nodes of a tree in depth-first order, each with its number of children.</summary>
    private void AddSchemaElement(int children)
    {
        if (!_schema.TryPop(out (int Left, int Level) place) || place.Level > MostLevels)
            throw new InvalidDataException($"the schema is no tree of at most {MostLevels} levels");
        if (place.Left > 1)
            _schema.Push((place.Left - 1, place.Level));
        if (children > 0)
            _schema.Push((children, place.Level + 1));
    }

    private void Keep(int level, int outer, int field, long number)
    {
        if (level == 0)
            _numbers[(field, 0)] = number;
        else if (level == 1 && outer > 0)
            _numbers[(outer, field)] = number;
    }

    private static ThriftType Kind(int type) => type switch
    {
        <= False => ThriftType.Boolean,
        Byte => ThriftType.Byte,
        <= Int64 => ThriftType.Integer,
        Binary => ThriftType.Text,
        List or Set => ThriftType.List,
        Struct => ThriftType.Structure,
        _ => ThriftType.Other,
    };

    private void SkipList(ThriftLayout? layout, int level, int field)
    {
        int header = ReadByte(), type = header & 15;
        long count = header >> 4 == 15 ? ReadLength() : header >> 4;
        Keep(level, 0, field, count);
        SkipAll(count, [type], layout?.Check(field, isList: true, Kind(type)), level, field);
    }

    private void Skip(int type, ThriftLayout? layout, int level, int field)
    {
        switch (type)
        {
            // A Boolean value in a list takes one byte.
            case <= Byte:
                ReadByte();
                break;
            case <= Int64:
                ReadNumber();
                break;
            case Double:
                SkipBytes(sizeof(double));
                break;
            case Binary:
                SkipBytes(ReadLength());
                break;
            case List or Set:
                SkipList(null, level, field);
                break;
            case Map:
                long count = ReadLength();
                if (count > 0)
                {
                    int types = ReadByte();
                    SkipAll(count, [types >> 4, types & 15], null, level, field);
                }

                break;
            case Struct:
                ReadStruct(layout, level + 1, field);
                break;
            case Uuid:
                SkipBytes(2 * sizeof(long));
                break;
            default:
                throw new InvalidDataException($"there is no type {type} of a field");
        }
    }

    private void SkipAll(long count, int[] types, ThriftLayout? layout, int level, int field)
    {
        if (level >= MostLevels || types.Contains(0))
            throw new InvalidDataException("a list nests too deeply, or has elements of no type");
        if (count > end - stream.Position)
            throw new InvalidDataException($"a list has {count} elements, but {end - stream.Position} bytes are left");
        for (long i = 0; i < count; i++)
        {
            foreach (int type in types)
                Skip(type, layout, level + 1, field);
        }
    }

    private int ReadByte()
    {
        int value = stream.Position < end ? stream.ReadByte() : -1;
        return value >= 0 ? value : throw new InvalidDataException("it ends too early");
    }

    private void SkipBytes(long count)
    {
        if (count > end - stream.Position)
            throw new InvalidDataException($"a text has {count} bytes, but {end - stream.Position} are left");
        stream.Position += count;
    }

    /// <summary>Reads a number in zigzag encoding: 0, −1, 1, −2 and so on.</summary>
    private long ReadNumber()
    {
        ulong value = ReadVarint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    private long ReadLength()
    {
        ulong length = ReadVarint();
        return length <= int.MaxValue ? (long)length : throw new InvalidDataException($"{length} is no length");
    }
}
