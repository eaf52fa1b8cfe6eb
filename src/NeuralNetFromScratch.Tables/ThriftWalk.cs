namespace NeuralNetFromScratch.Tables;

/// <summary>
/// Passes over a structure in Thrift's compact protocol, as a Parquet file's footer and the headers of its pages are written, without building it: what nests too
/// deeply, or says that it is longer than the bytes that are left, is refused before a reader trusts it.
/// </summary>
/// <param name="stream">The bytes, from where it stands.</param>
/// <param name="end">Where they end.</param>
internal sealed class ThriftWalk(Stream stream, long end)
{
    private const int MostLevels = 32, MostVarintBytes = 10;

    private const int False = 2, Byte = 3, Int64 = 6, Double = 7, Binary = 8, List = 9, Set = 10, Map = 11, Struct = 12, Uuid = 13;

    private readonly Dictionary<(int Outer, int Inner), long> _numbers = [];

    /// <summary>Children of schema elements that are still to come, and their level.</summary>
    private readonly Stack<(int Left, int Level)> _schema = new([(1, 0)]);

    /// <summary>
    /// A whole number of the structure, or the length of a list, by its field's number, or a whole number by those of a structure in it and of a field of that; null where
    /// there is none.
    /// </summary>
    public long? this[int outer, int inner = 0] => _numbers.TryGetValue((outer, inner), out long number) ? number : null;

    /// <summary>Whether the schema of a footer has as many elements as it announces.</summary>
    public bool IsSchemaComplete => _schema.Count == 0;

    /// <summary>Passes over one structure.</summary>
    /// <param name="layout">The types of its fields.</param>
    /// <exception cref="InvalidDataException">It is malformed.</exception>
    public void Read(ThriftLayout layout) => ReadStruct(layout, 0, 0);

    /// <summary>A number of seven bits a byte.</summary>
    /// <exception cref="InvalidDataException">The bytes end before it does.</exception>
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

    /// <summary>The elements are the nodes of a tree in depth-first order, each with its number of children.</summary>
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
            // A truth value in a list.
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

    /// <summary>A number whose signs alternate: 0, −1, 1, −2 and so on.</summary>
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
