namespace NeuralNetFromScratch;

/// <summary>The element types of the safetensors format. Those up to <see cref="F64"/> can be read as floats.</summary>
public enum SafetensorType
{
    /// <summary>One byte, 0 or 1.</summary>
    Bool,

    /// <summary>Unsigned 8-bit integer.</summary>
    U8,

    /// <summary>Signed 8-bit integer.</summary>
    I8,

    /// <summary>Unsigned 16-bit integer.</summary>
    U16,

    /// <summary>Signed 16-bit integer.</summary>
    I16,

    /// <summary>Unsigned 32-bit integer.</summary>
    U32,

    /// <summary>Signed 32-bit integer.</summary>
    I32,

    /// <summary>Unsigned 64-bit integer.</summary>
    U64,

    /// <summary>Signed 64-bit integer.</summary>
    I64,

    /// <summary>IEEE 754 half precision.</summary>
    F16,

    /// <summary>The upper half of a single-precision number.</summary>
    BF16,

    /// <summary>IEEE 754 single precision.</summary>
    F32,

    /// <summary>IEEE 754 double precision.</summary>
    F64,

    /// <summary>Two single-precision numbers: a complex one.</summary>
    C64,

    /// <summary>8 bits with 5 of exponent.</summary>
    F8E5M2,

    /// <summary>8 bits with 4 of exponent.</summary>
    F8E4M3,

    /// <summary>8 bits of exponent alone.</summary>
    F8E8M0,

    /// <summary>6 bits with 2 of exponent.</summary>
    F6E2M3,

    /// <summary>6 bits with 3 of exponent.</summary>
    F6E3M2,

    /// <summary>4 bits.</summary>
    F4,
}
