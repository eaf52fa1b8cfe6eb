using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace NeuralNetFromScratch.Compute;

/// <summary>8 floats in a 256-bit register.</summary>
internal unsafe struct Simd256(Vector256<float> lanes) : ISimd<Simd256>
{
    private Vector256<float> _lanes = lanes;

    public static int Width => 8;

    public static Simd256 Zero => new(Vector256<float>.Zero);

    public static Simd256 Broadcast(float value) => new(Vector256.Create(value));

    public static Simd256 Load(float* source) => new(Vector256.Load(source));

    public static Simd256 Load(ref readonly float source) => new(Vector256.LoadUnsafe(in source));

    public static void Store(Simd256 value, float* destination) => value._lanes.Store(destination);

    public static void Store(Simd256 value, ref float destination) => value._lanes.StoreUnsafe(ref destination);

    public static Simd256 LoadPartial(float* source, int count) =>
        Avx.IsSupported ? new(Avx.MaskLoad(source, Mask(count))) : PartialVector.LoadPartial<Simd256>(source, count);

    /// <remarks>Four lanes, two, one: AVX's masked store would take 42 micro-operations on Zen.</remarks>
    public static void StorePartial(Simd256 value, float* destination, int count)
    {
        Vector128<float> lanes = value._lanes.GetLower();
        if ((count & 4) != 0)
        {
            lanes.Store(destination);
            destination += 4;
            lanes = value._lanes.GetUpper();
        }

        if ((count & 2) != 0)
        {
            lanes.GetLower().Store(destination);
            destination += 2;
            lanes = Vector128.Shuffle(lanes, Vector128.Create(2, 3, 2, 3));
        }

        if ((count & 1) != 0)
            *destination = lanes.ToScalar();
    }

    public static Simd256 operator +(Simd256 left, Simd256 right) => new(left._lanes + right._lanes);

    public static Simd256 operator -(Simd256 left, Simd256 right) => new(left._lanes - right._lanes);

    public static Simd256 operator *(Simd256 left, Simd256 right) => new(left._lanes * right._lanes);

    public static Simd256 operator /(Simd256 left, Simd256 right) => new(left._lanes / right._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 MultiplyAdd(Simd256 left, Simd256 right, Simd256 addend)
    {
        if (Fma.IsSupported || AdvSimd.IsSupported)
            return new(Vector256.MultiplyAddEstimate(left._lanes, right._lanes, addend._lanes));
        return new(EmulatedMultiplyAdd.Of(left._lanes, right._lanes, addend._lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 MultiplyAddEmulated(Simd256 left, Simd256 right, Simd256 addend) => new(EmulatedMultiplyAdd.Of(left._lanes, right._lanes, addend._lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddProduct(ref Simd256 sum, Simd256 left, Simd256 right) =>
        sum._lanes = Vector256.MultiplyAddEstimate(left._lanes, right._lanes, sum._lanes);

    public static Simd256 Abs(Simd256 value) => new(Vector256.Abs(value._lanes));

    public static Simd256 Sqrt(Simd256 value) => new(Vector256.Sqrt(value._lanes));

    public static Simd256 FlushSubnormals(Simd256 value) =>
        new(Vector256.ConditionalSelect(
            Vector256.Equals(value._lanes.AsInt32() & Vector256.Create(FloatBits.Exponent), Vector256<int>.Zero).AsSingle(), Vector256<float>.Zero, value._lanes));

    public static Simd256 Exp(Simd256 value) => SimdFunctions.Exp(value);

    public static Simd256 Log(Simd256 value) => SimdFunctions.Log(value);

    public static Simd256 PowerOfTwo(Simd256 exponent) =>
        new((((exponent._lanes + Vector256.Create(FloatBits.Rounder)).AsInt32() << FloatBits.Fraction) + Vector256.Create(FloatBits.One)).AsSingle());

    public static Simd256 SplitExponent(Simd256 value, out Simd256 exponent)
    {
        Vector256<int> bits = value._lanes.AsInt32(), e = (bits - Vector256.Create(FloatBits.RootHalf)) >> FloatBits.Fraction;
        exponent = new(Vector256.ConvertToSingle(e));
        return new((bits - (e << FloatBits.Fraction)).AsSingle());
    }

    public static Simd256 SelectLess(Simd256 left, Simd256 right, Simd256 whenTrue, Simd256 whenFalse) =>
        new(Vector256.ConditionalSelect(Vector256.LessThan(left._lanes, right._lanes), whenTrue._lanes, whenFalse._lanes));

    public static Simd256 SelectLessOrEqual(Simd256 left, Simd256 right, Simd256 whenTrue, Simd256 whenFalse) =>
        new(Vector256.ConditionalSelect(Vector256.LessThanOrEqual(left._lanes, right._lanes), whenTrue._lanes, whenFalse._lanes));

    private static Vector256<float> Mask(int count) => Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(count)).AsSingle();
}
