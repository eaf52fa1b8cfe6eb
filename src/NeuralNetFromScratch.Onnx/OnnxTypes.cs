namespace NeuralNetFromScratch.Onnx;

/// <summary>The numbers of element types in the ONNX format.</summary>
internal static class OnnxTypes
{
    public const int Float = 1, Int32 = 6, Int64 = 7, Text = 8, Bool = 9, Half = 10, Double = 11, BFloat16 = 16;

    private static readonly string[] Names =
    [
        "undefined", "float", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool", "float16", "double", "uint32", "uint64", "complex64", "complex128", "bfloat16",
        "float8e4m3fn", "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz", "uint4", "int4",
    ];

    /// <summary>Returns the name of a type, for example <c>float16 (10)</c>.</summary>
    public static string Name(int type) => FormattableString.Invariant($"{(type >= 0 && type < Names.Length ? Names[type] : "unknown")} ({type})");

    /// <summary>Returns the kind of the elements; null for a type that is not supported.</summary>
    public static ElementKind? Kind(int type) => type switch
    {
        Float or Double or Half or BFloat16 => ElementKind.Number,
        2 or 3 or 4 or 5 or Int32 or Int64 or 12 or 13 => ElementKind.Integer,
        Bool => ElementKind.Truth,
        Text => ElementKind.Text,
        _ => null,
    };

    /// <summary>Returns the bytes of an element in raw data; 0 for a type that is not supported or has no raw data.</summary>
    public static int Size(int type) => type switch
    {
        2 or 3 or Bool => 1,
        4 or 5 or Half or BFloat16 => 2,
        Float or Int32 or 12 => 4,
        Int64 or Double or 13 => 8,
        _ => 0,
    };
}
